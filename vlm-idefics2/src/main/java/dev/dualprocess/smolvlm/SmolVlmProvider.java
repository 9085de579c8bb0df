package dev.dualprocess.smolvlm;

import dev.dualprocess.vqa.Architecture;
import dev.dualprocess.vqa.VisionLanguageProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Opens SmolVLM and SmolVLM2 checkpoints: folders whose config.json has the model type {@code
 * smolvlm} or {@code idefics3}, which are one and the same for images.
 */
public final class SmolVlmProvider implements VisionLanguageProvider {
  /** Found by {@link java.util.ServiceLoader}. */
  public SmolVlmProvider() {}

  @Override
  public String name() {
    return "smolvlm";
  }

  @Override
  public String modelType() {
    return "smolvlm";
  }

  @Override
  public Set<String> reads() {
    return Set.of("idefics3", modelType());
  }

  @Override
  public List<String> published() {
    return List.of(
        "HuggingFaceTB/SmolVLM-256M-Instruct",
        "HuggingFaceTB/SmolVLM2-256M-Video-Instruct",
        "HuggingFaceTB/SmolVLM-500M-Instruct",
        "HuggingFaceTB/SmolVLM2-500M-Video-Instruct",
        "HuggingFaceTB/SmolVLM-Instruct",
        "HuggingFaceTB/SmolVLM2-2.2B-Instruct");
  }

  @Override
  public Architecture architecture(Path folder) throws IOException {
    return SmolVlm.read(folder);
  }
}
