package dev.dualprocess.weights;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A frozen matrix or kernel as it is stored: as it is used, or quantized to 8 bits (int8,
 * symmetric, one scale for each output channel, W ≈ scale ⊙ q, q in -127 .. 127), and there or in
 * the host's memory. In another form it is made whole where it is used, and for as long.
 *
 * @param values [out, ...], in the model's dtype or int8, or in the file's on the host
 * @param scale [out, 1, ...] in the model's dtype, where it is used; or null
 * @param used where the weight is used, if it has to be fetched; or null
 * @param ahead what fetches it before it is asked for, or null
 */
public record FrozenWeight(
    Tensor values, @Nullable Tensor scale, @Nullable Placement used, @Nullable FetchAhead ahead) {
  private static final double LARGEST = 127;
  private static final double LEAST_SCALE = 1e-12;

  /** One that is stored as it is used. */
  public static FrozenWeight whole(Tensor values) {
    return new FrozenWeight(values, null, null, null);
  }

  /**
   * {@code whole} in 8 bits, in the caller's scope: the largest of each output channel becomes
   * ±127.
   */
  public static FrozenWeight inEightBits(Tensor whole) {
    long[] inputs = new long[(int) whole.dim() - 1];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = i + 1L;
    }
    Tensor largest = torch.maximum(whole.amax(inputs, true), whole.amin(inputs, true).neg());
    Tensor scale =
        largest
            .to(torch.ScalarType.Float)
            .div(new Scalar(LARGEST))
            .clamp_min(new Scalar(LEAST_SCALE))
            .to(whole.scalar_type());
    Tensor rounded = whole.div(scale).round_().clamp_max_(new Scalar(LARGEST));
    Tensor values = rounded.clamp_min_(new Scalar(-LARGEST)).to(torch.ScalarType.Char);
    return new FrozenWeight(values, scale, null, null);
  }

  /**
   * This weight, which is on the host, as one that is fetched to {@code placement}.
   *
   * @param fetching what does so, or null
   */
  FrozenWeight onHost(Placement placement, @Nullable FetchAhead fetching) {
    boolean pinned = placement.device().startsWith("cuda") && values.is_cpu();
    return new FrozenWeight(
        pinned ? values.pin_memory() : values,
        scale == null ? null : placement.place(scale),
        placement,
        fetching);
  }

  /** This weight, its tensors belonging to {@code owner}. */
  FrozenWeight ownedBy(TensorOwner owner) {
    return new FrozenWeight(
        owner.own(values), scale == null ? null : owner.own(scale), used, ahead);
  }

  /** The weight as it is used, in the caller's scope: the stored tensor itself if that is whole. */
  public Tensor whole() {
    if (scale == null && used == null) {
      return values;
    }
    return Memory.scoped(
        () -> {
          Tensor near = used == null ? values : fetched(used);
          return scale == null ? near : scaled(near, scale);
        });
  }

  /** On CUDA in one kernel; on the CPU that would take a copy more. */
  private static Tensor scaled(Tensor near, Tensor scale) {
    return near.is_cuda() ? near.mul(scale) : near.to(scale.scalar_type()).mul_(scale);
  }

  private Tensor fetched(Placement place) {
    if (ahead != null) {
      return ahead.fetch(values);
    }
    return scale == null
        ? place.place(values)
        : values.to(place.torchDevice(), values.scalar_type());
  }

  /** The type it is used in. */
  public Dtype dtype() {
    if (used != null) {
      return used.dtype();
    }
    return Dtype.of(scale == null ? values : scale);
  }

  /** Its size along a dimension. */
  public long size(int dim) {
    return values.size(dim);
  }

  /** [out, ...], in whatever form it is stored. */
  public long[] shape() {
    return values.shape();
  }
}
