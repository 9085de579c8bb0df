package dev.dualprocess.plugins;

import dev.dualprocess.Verifier;
import dev.dualprocess.spi.TensorVerifier;
import dev.dualprocess.spi.VerifierProvider;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Wants a warmth w, half the mean of 1 + red - blue in [0, 1] each: the answer is the target, Yes
 * is 0.8 and No is 0.2. L = (w - target)² / (2 · 0.1²) as a differentiable expression of libtorch.
 */
public final class WarmthVerifier implements VerifierProvider {
  private static final double WIDTH = 0.1;

  /** For {@code ServiceLoader}. */
  public WarmthVerifier() {}

  @Override
  public String name() {
    return "warmth";
  }

  @Override
  public boolean supports(Path folder) {
    return false;
  }

  @Override
  public Verifier open(Optional<Path> folder, Placement placement) {
    return new TensorVerifier(
        name(),
        (image, question) -> {
          Tensor redMinusBlue = image.select(1, 0).sub(image.select(1, 2)).mean(); // in [-2, 2]
          Tensor warmth = Ops.add(Ops.mul(redMinusBlue, 0.25), 0.5);
          Tensor off = Ops.add(warmth, -Target.of(question.answer()));
          return Ops.mul(off.square(), 1 / (2 * WIDTH * WIDTH));
        });
  }
}
