package dev.dualprocess.idefics2;

import dev.dualprocess.Verifier;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.spi.Opening;
import dev.dualprocess.spi.VerifierProvider;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.VqaVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Opens Idefics2 checkpoints in the layout of the hub. */
public final class Idefics2Provider implements VerifierProvider {
  /** Found by {@link java.util.ServiceLoader}. */
  public Idefics2Provider() {}

  @Override
  public String name() {
    return "idefics2";
  }

  @Override
  public boolean supports(Path folder) {
    return ConfigFile.says(folder.resolve("config.json"), "model_type", Idefics2Config.MODEL_TYPE);
  }

  @Override
  public Verifier open(Optional<Path> folder, Placement placement) throws IOException {
    return open(folder, Opening.at(placement));
  }

  @Override
  public Verifier open(Optional<Path> folder, Opening opening) throws IOException {
    return new VqaVerifier(Idefics2.open(requireFolder(folder), opening));
  }
}
