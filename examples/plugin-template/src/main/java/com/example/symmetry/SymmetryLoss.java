package com.example.symmetry;

import dev.dualprocess.Question;
import dev.dualprocess.spi.PixelLoss;
import java.util.Locale;

/**
 * How far a picture is from its mirror image: a is the mean over all pixels of (x - x')² / 4, where
 * x' stands in the same row as x, as far from the other edge.
 *
 * <pre>
 *   answer Yes:  p = exp(-a / 2w²)      L = a / 2w²                 dL/dx = (x - x') / 2w²n
 *   answer No:   1 - p                  L = -log(1 - exp(-a / 2w²))
 * </pre>
 *
 * w = 0.05 is how far from it still passes, of a brightness from 0 to 1; n pixels.
 */
final class SymmetryLoss implements PixelLoss {
  private static final double WIDTH = 0.05;
  private static final double LEAST = 1e-6; // of a / 2w²: where L of No would have no end

  @Override
  public double loss(float[] pixels, int height, int width, Question question, float[] gradient) {
    boolean yes = saysYes(question.answer());
    double asymmetry = 0;
    for (int i = 0; i < pixels.length; i++) {
      double off = pixels[i] - pixels[mirrored(i, width)];
      asymmetry += off * off / 4 / pixels.length;
      gradient[i] = (float) (off / (2 * WIDTH * WIDTH * pixels.length));
    }
    double surprise = asymmetry / (2 * WIDTH * WIDTH);
    return yes ? surprise : ofTheOther(Math.max(surprise, LEAST), gradient);
  }

  /** From L of Yes and its gradient to those of No: dL'/dL = -1 / (e^L - 1). */
  private static double ofTheOther(double surprise, float[] gradient) {
    double slope = -1 / Math.expm1(surprise);
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] *= (float) slope;
    }
    return -Math.log(-Math.expm1(-surprise));
  }

  /** The place in the same row that is as far from the other edge. */
  private static int mirrored(int i, int width) {
    int column = i % width;
    return i - column + (width - 1 - column);
  }

  private static boolean saysYes(String answer) {
    return switch (answer.strip().toLowerCase(Locale.ROOT)) {
      case "yes" -> true;
      case "no" -> false;
      default ->
          throw new IllegalArgumentException(
              "the verifier symmetry wants Yes or No as the answer, not '" + answer + "'");
    };
  }
}
