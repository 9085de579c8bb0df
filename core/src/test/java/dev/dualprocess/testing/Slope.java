package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.util.function.ToDoubleFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * A gradient against central differences, (f(x + hd) - f(x - hd)) / 2h, in the directions d in
 * which they tell something: along the gradient itself, and across it, where the slope is not near
 * zero.
 *
 * <p>Which h serves depends on the function: rounding spoils a small one, kinks and curvature a
 * large one. So where the first does not fit, smaller and larger ones are tried; a wrong gradient
 * fits none.
 */
public final class Slope {
  private static final double[] FURTHER_STEPS = {1, 0.25, 4, 0.0625, 16};
  private static final double LEAST_PART = 0.5; // of |gradient|: half of all directions have more

  private Slope() {}

  /**
   * Asserts both slopes at {@code x}.
   *
   * @param f what is differentiated
   * @param gradient what is said to be its gradient
   * @param step h |d| for a d of random numbers, each about 1
   * @param tolerance relative
   */
  public static void assertBoth(
      String what,
      ToDoubleFunction<Tensor> f,
      Tensor x,
      Tensor gradient,
      double step,
      double tolerance) {
    Tensor across = across(gradient);
    assertAlong(what + ", across", f, x, gradient, across, step, tolerance);
    double length = across.norm().item_double() / gradient.norm().item_double();
    assertAlong(what + ", along", f, x, gradient, Ops.mul(gradient, length), step, tolerance);
  }

  /** Asserts the slope along the gradient, over a distance of {@code step} to both sides. */
  public static void assertAlongIt(
      String what,
      ToDoubleFunction<Tensor> f,
      Tensor x,
      Tensor gradient,
      double step,
      double tolerance) {
    Tensor unit = gradient.div(gradient.norm());
    assertAlong(what, f, x, gradient, unit, step, tolerance);
  }

  /**
   * Asserts partial derivatives of a square form, whose central differences are exact but for
   * rounding.
   *
   * @param every how many values lie from one that is moved to the next
   */
  public static void assertOfSquareForm(
      ToDoubleFunction<Tensor> f, Tensor x, Tensor gradient, int every, double tolerance) {
    float[] told = Ops.toFloats(gradient);
    for (int i = 0; i < told.length; i += every) {
      double slope = f.applyAsDouble(moved(x, i, 0.5f)) - f.applyAsDouble(moved(x, i, -0.5f));
      assertEquals(slope, told[i], tolerance);
    }
  }

  private static Tensor moved(Tensor x, int i, float by) {
    float[] values = Ops.toFloats(x);
    values[i] += by;
    return Ops.floats(values, x.shape());
  }

  private static void assertAlong(
      String what,
      ToDoubleFunction<Tensor> f,
      Tensor x,
      Tensor gradient,
      Tensor direction,
      double step,
      double tolerance) {
    double predicted = product(gradient, direction);
    double best = Double.NaN;
    for (double factor : FURTHER_STEPS) {
      double h = factor * step;
      double found = Memory.freeing(() -> difference(f, x, Ops.mul(direction, h))) / (2 * h);
      if (Double.isNaN(best) || Math.abs(found - predicted) < Math.abs(best - predicted)) {
        best = found;
      }
      if (Math.abs(best - predicted) <= tolerance * Math.abs(best)) {
        break;
      }
    }
    assertEquals(best, predicted, tolerance * Math.abs(best), what);
  }

  private static double difference(ToDoubleFunction<Tensor> f, Tensor x, Tensor step) {
    return f.applyAsDouble(x.detach().add(step)) - f.applyAsDouble(x.detach().sub(step));
  }

  /** A random direction in which a function with that gradient has a slope worth the name. */
  private static Tensor across(Tensor gradient) {
    double least = LEAST_PART * gradient.norm().item_double();
    for (int seed = 9; ; seed++) {
      Tensor direction = Noise.randn(seed, gradient.shape());
      if (Math.abs(product(gradient, direction)) >= least) {
        return direction;
      }
    }
  }

  private static double product(Tensor a, Tensor b) {
    return Memory.freeing(() -> a.mul(b).sum().item_double());
  }
}
