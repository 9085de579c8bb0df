package dev.dualprocess.plugins;

import dev.dualprocess.Verifier;
import dev.dualprocess.spi.PixelVerifier;
import dev.dualprocess.spi.VerifierProvider;
import dev.dualprocess.tensor.Placement;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Wants a mean brightness b, whatever it is asked: the answer is the target from 0 (black) to 1
 * (white), Yes is 0.8 and No is 0.2. L = (b - target)² / (2 · 0.1²), so p = exp(-L) is a bell of
 * width 0.1. Plain Java, no libtorch.
 */
public final class BrightnessVerifier implements VerifierProvider {
  private static final double WIDTH = 0.1;

  /** For {@code ServiceLoader}. */
  public BrightnessVerifier() {}

  @Override
  public String name() {
    return "brightness";
  }

  @Override
  public boolean supports(Path folder) {
    return false;
  }

  @Override
  public Verifier open(Optional<Path> folder, Placement placement) {
    return new PixelVerifier(
        name(),
        (pixels, height, width, question, gradient) -> {
          double brightness = 0;
          for (float pixel : pixels) {
            brightness += (pixel / 2 + 0.5) / pixels.length;
          }
          double off = brightness - Target.of(question.answer());
          for (int i = 0; i < pixels.length; i++) {
            gradient[i] = (float) (off / (WIDTH * WIDTH) * 0.5 / pixels.length);
          }
          return off * off / (2 * WIDTH * WIDTH);
        });
  }
}
