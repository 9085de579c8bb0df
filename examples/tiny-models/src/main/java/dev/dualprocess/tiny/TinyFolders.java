package dev.dualprocess.tiny;

import dev.dualprocess.spi.BundledFolders;
import java.io.IOException;
import java.nio.file.Path;

/** Lets {@link BundledModels} be found by their name. */
public final class TinyFolders implements BundledFolders {
  /** For {@code ServiceLoader}. */
  public TinyFolders() {}

  @Override
  public String name() {
    return BundledModels.NAME;
  }

  @Override
  public Path generator() throws IOException {
    return BundledModels.generator();
  }

  @Override
  public Path verifier() throws IOException {
    return BundledModels.verifier();
  }
}
