package dev.dualprocess.spark;

import dev.dualprocess.Verifier;
import dev.dualprocess.spi.VerifierProvider;
import dev.dualprocess.tensor.Placement;
import java.nio.file.Path;
import java.util.Optional;

/** Ends the process that opens it, as a fault in a native library would. */
public final class DeadlyVerifier implements VerifierProvider {
  /** For {@code ServiceLoader}. */
  public DeadlyVerifier() {}

  @Override
  public String name() {
    return "deadly";
  }

  @Override
  public boolean supports(Path folder) {
    return false;
  }

  @Override
  public Verifier open(Optional<Path> folder, Placement placement) {
    Runtime.getRuntime().halt(134);
    throw new AssertionError("halted");
  }
}
