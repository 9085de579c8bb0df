package dev.dualprocess.plugins;

import dev.dualprocess.Generator;
import dev.dualprocess.spi.GeneratorProvider;
import dev.dualprocess.tensor.Placement;
import java.nio.file.Path;
import java.util.Optional;

/** Opens a generator that needs no files: {@code --generator toy}. */
public final class ToyGeneratorProvider implements GeneratorProvider {
  /** For {@code ServiceLoader}. */
  public ToyGeneratorProvider() {}

  @Override
  public String name() {
    return "toy";
  }

  @Override
  public boolean supports(Path folder) {
    return false;
  }

  @Override
  public Generator open(Optional<Path> folder, Placement placement) {
    return new ToyGenerator();
  }
}
