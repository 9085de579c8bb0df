package dev.dualprocess.augment;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * One fixed disturbance of images of any size:
 *
 * <pre>
 *   y = R x Cᵀ + noise · ε
 * </pre>
 *
 * The rows of R and the rows of C each hold the weights of one row or column of the result: a
 * Gaussian blur, sampled bilinearly at the window's places; beyond the edge stands the edge. A
 * product of matrices has an exact gradient, the same on every device.
 *
 * @param rows which part of the height is seen
 * @param columns which part of the width
 * @param blur standard deviation in pixels, 0 for none
 * @param noise standard deviation, 0 for none
 * @param noiseSeed of ε
 */
public record Disturbance(Axis rows, Axis columns, double blur, double noise, long noiseSeed) {
  /** Nothing is disturbed. */
  public static final Disturbance NONE = new Disturbance(Axis.WHOLE, Axis.WHOLE, 0, 0, 0);

  private static final double BLUR_REACH = 3; // standard deviations

  /**
   * The window of an axis that is stretched to the whole; 0 and 1 are the ends of the axis.
   *
   * @param start where it begins; below 0 the image moves in, and its edge is repeated
   * @param length of the window, above 0
   */
  public record Axis(double start, double length) {
    /** The whole axis, not stretched. */
    public static final Axis WHOLE = new Axis(0, 1);
  }

  /** Everything moved down and to the right by parts of the sides. */
  public static Disturbance shift(double down, double right) {
    return new Disturbance(new Axis(-down, 1), new Axis(-right, 1), 0, 0, 0);
  }

  /** A Gaussian blur of that standard deviation in pixels. */
  public static Disturbance blur(double pixels) {
    return new Disturbance(Axis.WHOLE, Axis.WHOLE, pixels, 0, 0);
  }

  /** Gaussian noise of that standard deviation, values being in [-1, 1]. */
  public static Disturbance noise(double deviation, long seed) {
    return new Disturbance(Axis.WHOLE, Axis.WHOLE, 0, deviation, seed);
  }

  /** x [1, C, H, W] disturbed; gradient flows through; in the caller's scope. */
  public Tensor apply(Tensor x) {
    Tensor y = x;
    if (blur > 0 || !rows.equals(Axis.WHOLE)) {
      y = weights(rows, x.size(2), x).matmul(y);
    }
    if (blur > 0 || !columns.equals(Axis.WHOLE)) {
      y = y.matmul(weights(columns, x.size(3), x).t());
    }
    return noise > 0 ? y.add(Ops.toLike(Ops.mul(Noise.randn(noiseSeed, x.shape()), noise), x)) : y;
  }

  /** [n, n]: what of the n old values each of the n new ones is made of. */
  private Tensor weights(Axis axis, long size, Tensor like) {
    int n = Math.toIntExact(size);
    double[] kernel = kernel();
    int reach = kernel.length / 2;
    float[] weights = new float[n * n];
    for (int i = 0; i < n; i++) {
      double at = axis.start() * n + (i + 0.5) * axis.length() - 0.5;
      for (int k = -reach; k <= reach; k++) {
        double place = Math.max(0, Math.min(n - 1, at + k));
        int left = Math.min((int) place, n - 1);
        int right = Math.min(left + 1, n - 1);
        double fraction = place - left;
        weights[i * n + left] += (float) (kernel[k + reach] * (1 - fraction));
        weights[i * n + right] += (float) (kernel[k + reach] * fraction);
      }
    }
    return Ops.toLike(Ops.floats(weights, n, n), like);
  }

  private double[] kernel() {
    int reach = (int) Math.ceil(BLUR_REACH * blur);
    double[] kernel = new double[2 * reach + 1];
    double sum = 0;
    for (int k = -reach; k <= reach; k++) {
      kernel[k + reach] = blur == 0 ? 1 : Math.exp(-0.5 * k * k / (blur * blur));
      sum += kernel[k + reach];
    }
    for (int k = 0; k < kernel.length; k++) {
      kernel[k] /= sum;
    }
    return kernel;
  }
}
