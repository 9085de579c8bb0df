package dev.dualprocess.flux;

import dev.dualprocess.Generator;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.spi.Activations;
import dev.dualprocess.spi.GeneratorProvider;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.spi.PipelineFolder;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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

  @Override
  public List<String> published() {
    return List.of("black-forest-labs/FLUX.1-schnell", "black-forest-labs/FLUX.1-dev");
  }

  /** Whether model_index.json names what this {@link #reads}. */
  @Override
  public boolean supports(Path folder) {
    return new PipelineFolder(folder).isAnyOf(reads());
  }

  /** The pipeline's parts. */
  @Override
  public List<String> files() {
    return List.of(
        "model_index.json",
        "scheduler/*",
        "{text_encoder,text_encoder_2,tokenizer,tokenizer_2,transformer,vae}/*");
  }

  @Override
  public Optional<Activations> activations(Path folder, Optional<ImageSize> size)
      throws IOException {
    return Optional.of(FluxActivations.of(folder, size));
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
