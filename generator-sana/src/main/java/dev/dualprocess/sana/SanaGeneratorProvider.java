package dev.dualprocess.sana;

import dev.dualprocess.Generator;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.spi.GeneratorProvider;
import dev.dualprocess.spi.Opening;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Opens Sana from folders in the layout of diffusers. */
public final class SanaGeneratorProvider implements GeneratorProvider {
  @Override
  public String name() {
    return "sana";
  }

  /** Whether model_index.json names a {@code SanaPipeline}. */
  @Override
  public boolean supports(Path folder) {
    try {
      return ConfigFile.read(folder.resolve("model_index.json"))
          .text("_class_name")
          .equals("SanaPipeline");
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public Generator open(Optional<Path> folder, Placement placement) throws IOException {
    return open(folder, Opening.at(placement));
  }

  @Override
  public Generator open(Optional<Path> folder, Opening opening) throws IOException {
    return SanaGenerator.open(requireFolder(folder), opening);
  }
}
