package dev.dualprocess.idefics2;

import dev.dualprocess.vqa.Architecture;
import dev.dualprocess.vqa.VisionLanguageProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Opens Idefics2 checkpoints: folders whose config.json has the model type {@code idefics2}. */
public final class Idefics2Provider implements VisionLanguageProvider {
  /** Found by {@link java.util.ServiceLoader}. */
  public Idefics2Provider() {}

  @Override
  public String name() {
    return "idefics2";
  }

  @Override
  public String modelType() {
    return "idefics2";
  }

  @Override
  public List<String> published() {
    return List.of("HuggingFaceM4/idefics2-8b");
  }

  @Override
  public Architecture architecture(Path folder) throws IOException {
    return Idefics2.read(folder);
  }
}
