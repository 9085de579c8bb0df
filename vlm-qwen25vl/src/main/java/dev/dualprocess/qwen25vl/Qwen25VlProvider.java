package dev.dualprocess.qwen25vl;

import dev.dualprocess.Verifier;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.spi.Opening;
import dev.dualprocess.spi.VerifierProvider;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.VqaVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Opens Qwen2.5-VL checkpoints in the layout of the hub. */
public final class Qwen25VlProvider implements VerifierProvider {
  /** Found by {@link java.util.ServiceLoader}. */
  public Qwen25VlProvider() {}

  @Override
  public String name() {
    return "qwen2.5-vl";
  }

  @Override
  public boolean supports(Path folder) {
    return ConfigFile.says(folder.resolve("config.json"), "model_type", Qwen25VlConfig.MODEL_TYPE);
  }

  @Override
  public Verifier open(Optional<Path> folder, Placement placement) throws IOException {
    return open(folder, Opening.at(placement));
  }

  @Override
  public Verifier open(Optional<Path> folder, Opening opening) throws IOException {
    return new VqaVerifier(Qwen25Vl.open(requireFolder(folder), opening));
  }
}
