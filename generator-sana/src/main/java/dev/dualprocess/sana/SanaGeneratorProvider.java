package dev.dualprocess.sana;

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

/** Opens Sana, SANA 1.5 and SANA-Sprint from folders in the layout of diffusers. */
public final class SanaGeneratorProvider implements GeneratorProvider {
  /** For {@code ServiceLoader}. */
  public SanaGeneratorProvider() {}

  @Override
  public String name() {
    return "sana";
  }

  @Override
  public Set<String> reads() {
    return Set.of("SanaPipeline", SanaSprint.PIPELINE);
  }

  @Override
  public List<String> published() {
    return List.of(
        "Efficient-Large-Model/Sana_Sprint_0.6B_1024px_diffusers",
        "Efficient-Large-Model/Sana_600M_512px_diffusers",
        "Efficient-Large-Model/Sana_600M_1024px_diffusers",
        "Efficient-Large-Model/Sana_Sprint_1.6B_1024px_diffusers",
        "Efficient-Large-Model/Sana_1600M_512px_diffusers",
        "Efficient-Large-Model/Sana_1600M_1024px_diffusers",
        "Efficient-Large-Model/SANA1.5_1.6B_1024px_diffusers",
        "Efficient-Large-Model/SANA1.5_4.8B_1024px_diffusers");
  }

  /** Whether model_index.json names what this {@link #reads}. */
  @Override
  public boolean supports(Path folder) {
    return new PipelineFolder(folder).isAnyOf(reads());
  }

  /** The pipeline's parts. */
  @Override
  public List<String> files() {
    return List.of("model_index.json", "scheduler/*", "{text_encoder,tokenizer,transformer,vae}/*");
  }

  @Override
  public Optional<Activations> activations(Path folder, Optional<ImageSize> size)
      throws IOException {
    return Optional.of(SanaActivations.of(folder, size));
  }

  @Override
  public Generator open(Optional<Path> folder, Placement placement) throws IOException {
    return open(folder, LoadOptions.at(placement));
  }

  @Override
  public Generator open(Optional<Path> folder, LoadOptions opening) throws IOException {
    return SanaModel.open(requireFolder(folder), opening);
  }
}
