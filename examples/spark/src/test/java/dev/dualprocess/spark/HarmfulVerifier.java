package dev.dualprocess.spark;

import dev.dualprocess.Verifier;
import dev.dualprocess.spi.VerifierProvider;
import dev.dualprocess.tensor.Placement;
import java.nio.file.Path;
import java.util.Optional;

/** Fails in a way that leaves a process in which nobody can trust. */
public final class HarmfulVerifier implements VerifierProvider {
  /** For {@code ServiceLoader}. */
  public HarmfulVerifier() {}

  @Override
  public String name() {
    return "harmful";
  }

  @Override
  public boolean supports(Path folder) {
    return false;
  }

  @Override
  public Verifier open(Optional<Path> folder, Placement placement) {
    throw new IllegalStateException("the device is lost");
  }
}
