package dev.dualprocess.lora.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a LoRA lies on disk.
 *
 * @param weights its safetensors file
 * @param config PEFT's {@code adapter_config.json} beside that, if there is one
 */
record LoraSource(Path weights, Optional<Path> config) {
  static final String PEFT_WEIGHTS = "adapter_model.safetensors";
  static final String PEFT_CONFIG = "adapter_config.json";

  /** What a folder may hold: PEFT's, diffusers' and a run's. */
  private static final List<String> WEIGHTS =
      List.of(PEFT_WEIGHTS, "pytorch_lora_weights.safetensors", "lora.safetensors");

  /**
   * A file, or a folder with one.
   *
   * @throws CheckpointException in one line, if a folder has no LoRA in safetensors
   */
  static LoraSource of(Path path) throws CheckpointException {
    Path weights = Files.isDirectory(path) ? inside(path) : path;
    Path config = weights.resolveSibling(PEFT_CONFIG);
    boolean peft = weights.endsWith(PEFT_WEIGHTS) && Files.isRegularFile(config);
    return new LoraSource(weights, peft ? Optional.of(config) : Optional.empty());
  }

  private static Path inside(Path folder) throws CheckpointException {
    for (String name : WEIGHTS) {
      if (Files.isRegularFile(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    boolean pickled = Files.exists(folder.resolve("adapter_model.bin"));
    throw new CheckpointException(
        pickled
            ? folder + ": adapter_model.bin is not read; save the adapter as safetensors"
            : folder + ": no LoRA in this folder: none of " + String.join(", ", WEIGHTS));
  }

  /** The scales that {@code adapter_config.json} tells, if there is one. */
  Optional<ScaleSource> scales() throws IOException {
    if (config.isEmpty()) {
      return Optional.empty();
    }
    JsonNode json = ConfigFile.read(config.get()).root();
    return Optional.of(PeftSettings.of(json, "", config.get() + ": it"));
  }
}
