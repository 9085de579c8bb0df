package dev.dualprocess.tensor;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Whether numbers are numbers: neither NaN nor infinite. */
public final class Finite {
  private Finite() {}

  /** Whether all of {@code tensor} is. */
  public static boolean all(Tensor tensor) {
    return Memory.freeing(() -> torch.isfinite(tensor).all().item_bool());
  }

  /** Whether all of {@code values} is. */
  public static boolean all(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
