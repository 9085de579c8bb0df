package dev.dualprocess.flow;

import org.bytedeco.pytorch.Tensor;

/** Where the fresh noise between inference steps comes from, in one sampling run. */
@FunctionalInterface
public interface StepNoise {
  /**
   * ε for the level that step i ends at. Asked in every step but those that end at the image.
   *
   * @param i from 0 to N - 1, in this order
   * @param sample z at the step's beginning, [B, ...]: in step 0 the noise that all began with
   * @return standard normal values, fp32, of z's shape and on its device; in the caller's scope
   */
  Tensor after(int i, Tensor sample);
}
