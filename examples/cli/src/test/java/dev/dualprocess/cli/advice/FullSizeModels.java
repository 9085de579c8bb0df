package dev.dualprocess.cli.advice;

import dev.dualprocess.Generator;
import dev.dualprocess.Verifier;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.HollowCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** Folders of published models with real configs, and checkpoints of real shapes and no values. */
final class FullSizeModels {
  private static final Map<String, String> TRANSFORMERS =
      Map.of(
          "black-forest-labs/FLUX.1-schnell", "flux1-schnell-transformer",
          "Efficient-Large-Model/Sana_1600M_512px_diffusers", "sana-1600m-512px-transformer",
          "Efficient-Large-Model/Sana_Sprint_1.6B_1024px_diffusers",
              "sana-sprint-1600m-1024px-transformer",
          "Efficient-Large-Model/Sana_Sprint_0.6B_1024px_diffusers",
              "sana-sprint-600m-1024px-transformer");
  private static final Map<String, String> OTHERS_OF_FLUX =
      Map.of(
          "vae", "flux1-vae",
          "text_encoder", "clip-vit-l14-text",
          "text_encoder_2", "t5-v1_1-xxl-encoder");
  private static final Map<String, String> OTHERS_OF_SANA =
      Map.of("vae", "dc-ae-f32c32-sana", "text_encoder", "gemma-2-2b");
  private static final Map<String, String> VERIFIERS =
      Map.of(
          "Qwen/Qwen2.5-VL-3B-Instruct", "qwen2.5-vl-3b",
          "Qwen/Qwen3-VL-8B-Instruct", "qwen3-vl-8b",
          "Qwen/Qwen3-VL-4B-Instruct", "qwen3-vl-4b",
          "Qwen/Qwen3-VL-2B-Instruct", "qwen3-vl-2b",
          "HuggingFaceTB/SmolVLM-500M-Instruct", "smolvlm-500m",
          "HuggingFaceTB/SmolVLM-256M-Instruct", "smolvlm-256m");

  private final Path root;

  FullSizeModels(Path root) {
    this.root = root;
  }

  ModelSource<Generator> generator(String id) throws IOException {
    String transformer = TRANSFORMERS.get(id);
    Path folder = root.resolve(transformer);
    boolean flux = transformer.startsWith("flux");
    write(folder.resolve("transformer"), transformer);
    for (Map.Entry<String, String> part : (flux ? OTHERS_OF_FLUX : OTHERS_OF_SANA).entrySet()) {
      write(folder.resolve(part.getKey()), part.getValue());
    }
    String sana = transformer.contains("sprint") ? "SanaSprintPipeline" : "SanaPipeline";
    Files.writeString(
        folder.resolve("model_index.json"),
        "{\"_class_name\": \"%s\"}".formatted(flux ? "FluxPipeline" : sana));
    return ModelSource.generator(folder.toString());
  }

  ModelSource<Verifier> verifier(String id) throws IOException {
    Path folder = root.resolve(VERIFIERS.get(id));
    write(folder, VERIFIERS.get(id));
    return ModelSource.verifier(folder.toString());
  }

  private static void write(Path folder, String list) throws IOException {
    HollowCheckpoint.write(folder, Fixtures.fullsizeShapes(list));
    Files.copy(
        Fixtures.fullsize(list + ".config.json"),
        folder.resolve("config.json"),
        StandardCopyOption.REPLACE_EXISTING);
  }
}
