package dev.dualprocess.lora.format;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What a LoRA file holds, in the names of diffusers, whatever the names in the file. Its tensors
 * belong to the scope it was read in.
 *
 * @param modules the change of each module, by its path in diffusers' checkpoint
 * @param header the free text of the file's header
 * @param programs whose naming was found, such as {@code kohya}
 * @param leftOut parts that were left out, with the number of their modules: the text encoders
 */
public record LoraContent(
    ImmutableMap<String, LowRank> modules,
    ImmutableMap<String, String> header,
    ImmutableSet<String> programs,
    ImmutableMap<String, Integer> leftOut) {

  /** Changes that come from no file. */
  public static LoraContent of(ImmutableMap<String, LowRank> modules) {
    return new LoraContent(modules, ImmutableMap.of(), ImmutableSet.of(), ImmutableMap.of());
  }

  /**
   * Reads a file in the naming of diffusers, PEFT, kohya, ComfyUI, XLabs or OneTrainer, or a folder
   * with {@code adapter_model.safetensors}, {@code pytorch_lora_weights.safetensors} or {@code
   * lora.safetensors}.
   *
   * <p>The scale of a module is told by, the first that does: its {@code .alpha} tensor; {@code
   * lora_adapter_metadata} in the header; {@code adapter_config.json} beside {@code
   * adapter_model.safetensors}; {@code lora_alpha}, else {@code ss_network_alpha} and {@code
   * ss_network_dim} in the header. Where nobody tells, it is 1.
   *
   * @throws IOException in one line, if it is not a plain LoRA
   */
  public static LoraContent read(Path path) throws IOException {
    return LoraReader.read(Objects.requireNonNull(path, "path"));
  }
}
