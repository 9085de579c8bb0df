package dev.dualprocess.vqa;

import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import org.bytedeco.pytorch.Tensor;

/**
 * y = (x / 2 + 0.5 - mean) / std, channel by channel, for images in [-1, 1]; computed as one
 * product and one sum. Owns its tensors.
 */
public final class PixelNorm implements AutoCloseable {
  private final TensorOwner owner = new TensorOwner();
  private final Lifetime lifetime = new Lifetime("this normalisation of pixels");
  private final Tensor scale; // fp32 [1, C, 1, 1]: 0.5 / std
  private final Tensor shift; // fp32 [1, C, 1, 1]: (0.5 - mean) / std

  /** A normalisation on a device. */
  public PixelNorm(ImageStatistics statistics, Placement placement) {
    float[] scales = new float[statistics.imageMean().size()];
    float[] shifts = new float[scales.length];
    for (int c = 0; c < scales.length; c++) {
      double std = statistics.imageStd().get(c);
      scales[c] = (float) (0.5 / std);
      shifts[c] = (float) ((0.5 - statistics.imageMean().get(c)) / std);
    }
    scale = channels(scales, placement);
    shift = channels(shifts, placement);
  }

  private Tensor channels(float[] values, Placement placement) {
    return Memory.freeing(
        () -> owner.own(placement.placeFloat32(Ops.floats(values, 1, values.length, 1, 1))));
  }

  /** x fp32 [B, C, H, W] in [-1, 1] to the same shape; gradient flows through. */
  public Tensor apply(Tensor x) {
    lifetime.requireOpen();
    return x.mul(scale).add(shift);
  }

  @Override
  public void close() {
    lifetime.close(owner::close);
  }
}
