package dev.dualprocess.testing;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.Torch;

/**
 * Where the golden tests run, and how closely they must agree there: the CPU in fp32 with each
 * test's own tolerances, unless system properties say otherwise.
 *
 * <pre>
 *   parity.device             cpu, cuda:0
 *   parity.dtype              fp32, bf16, fp16
 *   parity.tolerance          at least this for everything that a model computes
 *   parity.gradientTolerance  at least this for gradients; as the other unless given
 *   parity.tf32               whether fp32 products on CUDA may be rounded to TF32
 * </pre>
 *
 * <p>What is computed in Java alone, such as noise levels and tokens, must agree as closely
 * everywhere.
 */
public final class Parity {
  private static final double LOSS_IN_HALF_PRECISION = 0.02; // of the loss

  private static final Placement PLACEMENT =
      new Placement(
              System.getProperty("parity.device", "cpu"),
              Dtype.parse(System.getProperty("parity.dtype", "fp32")))
          .requireAvailable();
  private static final double TOLERANCE = number("parity.tolerance", 0);
  private static final double GRADIENT_TOLERANCE = number("parity.gradientTolerance", TOLERANCE);

  static {
    Torch.setTf32(Boolean.getBoolean("parity.tf32"));
  }

  private Parity() {}

  private static double number(String property, double otherwise) {
    String given = System.getProperty(property, "");
    return given.isBlank() ? otherwise : Double.parseDouble(given);
  }

  /** Where models are opened, and their dtype. */
  public static Placement placement() {
    return PLACEMENT;
  }

  /** Whether models compute in fp32. */
  public static boolean inFloat32() {
    return PLACEMENT.dtype() == Dtype.FLOAT32;
  }

  /** The tolerance of something a model computes, {@code own} on the CPU in fp32. */
  public static double output(double own) {
    return Math.max(own, TOLERANCE);
  }

  /**
   * The tolerance of something a model computes that rounding its weights and inputs alone changes
   * much in half precision; there it is at least {@code half}.
   */
  public static double sensitive(double own, double half) {
    return output(inFloat32() ? own : half);
  }

  /** The tolerance of a gradient, {@code own} on the CPU in fp32. */
  public static double gradient(double own) {
    return Math.max(own, GRADIENT_TOLERANCE);
  }

  /** How far a training step's loss may be from {@code loss}, {@code own} on the CPU in fp32. */
  public static double loss(double own, double loss) {
    return Math.max(own, (inFloat32() ? TOLERANCE : LOSS_IN_HALF_PRECISION) * Math.abs(loss));
  }

  /** How far the losses of a whole run may be off on average, as parts of themselves. */
  public static double meanLoss() {
    return LOSS_IN_HALF_PRECISION;
  }
}
