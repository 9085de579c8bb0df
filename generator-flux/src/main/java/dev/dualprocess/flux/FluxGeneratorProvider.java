package dev.dualprocess.flux;

import dev.dualprocess.Generator;
import dev.dualprocess.spi.GeneratorProvider;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.spi.PipelineFolder;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Opens FLUX.1 Schnell and Dev from folders in the layout of diffusers. */
public final class FluxGeneratorProvider implements GeneratorProvider {
  /** For {@code ServiceLoader}. */
  public FluxGeneratorProvider() {}

  @Override
  public String name() {
    return "flux";
  }

  @Override
  public Set<String> reads() {
    return Set.of("FluxPipeline");
  }

  /** Whether model_index.json names what this {@link #reads}. */
  @Override
  public boolean supports(Path folder) {
    return new PipelineFolder(folder).isAnyOf(reads());
  }

  @Override
  public Generator open(Optional<Path> folder, Placement placement) throws IOException {
    return open(folder, LoadOptions.at(placement));
  }

  @Override
  public Generator open(Optional<Path> folder, LoadOptions opening) throws IOException {
    return FluxModel.open(requireFolder(folder), opening);
  }
}
