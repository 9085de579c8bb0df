package dev.dualprocess.qwen3vl;

import dev.dualprocess.vqa.Architecture;
import dev.dualprocess.vqa.VisionLanguageProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Opens Qwen3-VL checkpoints: folders whose config.json has the model type {@code qwen3_vl}. */
public final class Qwen3VlProvider implements VisionLanguageProvider {
  /** Found by {@link java.util.ServiceLoader}. */
  public Qwen3VlProvider() {}

  @Override
  public String name() {
    return "qwen3-vl";
  }

  @Override
  public String modelType() {
    return "qwen3_vl";
  }

  @Override
  public List<String> published() {
    return List.of(
        "Qwen/Qwen3-VL-2B-Instruct", "Qwen/Qwen3-VL-4B-Instruct", "Qwen/Qwen3-VL-8B-Instruct");
  }

  @Override
  public Architecture architecture(Path folder) throws IOException {
    return Qwen3Vl.read(folder);
  }
}
