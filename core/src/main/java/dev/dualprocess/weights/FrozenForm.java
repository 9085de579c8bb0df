package dev.dualprocess.weights;

import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How a model's frozen matrices and kernels are kept.
 *
 * @param eightBits quantized to int8 with one scale for each output channel, half the bytes of bf16
 * @param onHost in the host's memory, fetched for the block that runs: pinned for a GPU; for the
 *     CPU as the file has them, without a copy in the dtype that is computed in
 * @param ahead what fetches them for a GPU, or null
 */
record FrozenForm(boolean eightBits, boolean onHost, @Nullable FetchAhead ahead) {
  /** Where they are used, as they are used. */
  static final FrozenForm PLAIN = new FrozenForm(false, false, null);

  /** The form of the weights of one model, whose {@code owner} frees what fetches them. */
  static FrozenForm of(WeightSource source, Placement used, TensorOwner owner) {
    if (!source.onHost() || !used.device().startsWith("cuda")) {
      return new FrozenForm(source.eightBits(), source.onHost(), null);
    }
    FetchAhead ahead = new FetchAhead(used);
    owner.atEnd(ahead::close);
    return new FrozenForm(source.eightBits(), true, ahead);
  }

  /** Where a weight is read or made that will be used at {@code used}. */
  Placement madeAt(Placement used) {
    return onHost && !used.isMeta() ? new Placement(Placement.CPU.device(), used.dtype()) : used;
  }

  /** Whether the file's own dtype is kept until the weight is fetched. */
  boolean asStored(Placement used) {
    return onHost && !eightBits && used.device().equals(Placement.CPU.device());
  }

  /** A weight that was made there, in this form; in the caller's scope. */
  FrozenWeight of(Tensor made, Placement used) {
    FrozenWeight weight = eightBits ? FrozenWeight.inEightBits(made) : FrozenWeight.whole(made);
    return onHost ? weight.onHost(used, ahead) : weight;
  }
}
