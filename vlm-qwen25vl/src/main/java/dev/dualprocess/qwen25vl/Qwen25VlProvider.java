package dev.dualprocess.qwen25vl;

import dev.dualprocess.vqa.Architecture;
import dev.dualprocess.vqa.VisionLanguageProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Opens Qwen2.5-VL checkpoints: folders whose config.json has the model type {@code qwen2_5_vl}.
 */
public final class Qwen25VlProvider implements VisionLanguageProvider {
  /** Found by {@link java.util.ServiceLoader}. */
  public Qwen25VlProvider() {}

  @Override
  public String name() {
    return "qwen2.5-vl";
  }

  @Override
  public String modelType() {
    return "qwen2_5_vl";
  }

  @Override
  public List<String> published() {
    return List.of("Qwen/Qwen2.5-VL-3B-Instruct", "Qwen/Qwen2.5-VL-7B-Instruct");
  }

  @Override
  public Architecture architecture(Path folder) throws IOException {
    return Qwen25Vl.read(folder);
  }
}
