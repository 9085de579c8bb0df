package com.example.symmetry;

import dev.dualprocess.Verifier;
import dev.dualprocess.spi.PixelVerifier;
import dev.dualprocess.spi.VerifierProvider;
import dev.dualprocess.tensor.Placement;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code --verifier symmetry}: is the left half of the picture the mirror image of the right one?
 * Named in {@code META-INF/services}; its constructor does nothing.
 */
public final class SymmetryProvider implements VerifierProvider {
  @Override
  public String name() {
    return "symmetry";
  }

  /** It needs no files. */
  @Override
  public boolean supports(Path folder) {
    return false;
  }

  @Override
  public Verifier open(Optional<Path> folder, Placement placement) {
    return new PixelVerifier(name(), new SymmetryLoss());
  }
}
