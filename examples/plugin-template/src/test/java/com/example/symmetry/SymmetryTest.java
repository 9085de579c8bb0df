package com.example.symmetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Slope;
import dev.dualprocess.testing.VerifierContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every verifier keeps, and what this one says. */
class SymmetryTest extends VerifierContract<Verifier> {
  /** Opened as the program opens it: by the name in its services file. */
  @Override
  protected Verifier open() {
    try {
      return Providers.verifiers().named("symmetry").open(Optional.empty(), Placement.CPU);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected Tensor image(int rows, int columns) {
    return Ops.mul(Noise.randn(rows * 100L + columns, 1, 3, 8 * rows, 8 * columns).tanh(), 0.3);
  }

  @Override
  protected List<Question> questions() {
    return List.of(asked("Yes"), asked("No"));
  }

  private static Question asked(String answer) {
    return new Question("Is the picture its own mirror image?", answer);
  }

  private Critique critique(Tensor image, String answer) {
    return verifier().critique(image, List.of(asked(answer)), VqaSettings.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Yes", "No"})
  void theGradientIsThatOfTheLoss(String answer) {
    Tensor image = image(1, 1);
    Tensor gradient = critique(image, answer).imageGradient();
    Slope.assertBoth(answer, x -> critique(x, answer).loss(), image, gradient, 0.1, 1e-2);
  }

  @Test
  void aMirrorImageIsSymmetricAndTheAnswersShareTheRest() {
    Tensor half = image(2, 1);
    Tensor whole = Ops.cat(3, half, half.flip(3));
    assertEquals(0, critique(whole, "Yes").loss(), 1e-6);
    Tensor image = image(2, 2);
    double both =
        Math.exp(-critique(image, "Yes").loss()) + Math.exp(-critique(image, "No").loss());
    assertEquals(1, both, 1e-5);
  }

  @Test
  void anotherAnswerIsRefused() {
    String told =
        assertThrows(IllegalArgumentException.class, () -> critique(image(1, 1), "perhaps"))
            .getMessage();
    assertTrue(told.contains("wants Yes or No"), told);
  }
}
