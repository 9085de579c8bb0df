package dev.dualprocess.weights;

import dev.dualprocess.tensor.Memory;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Two sets of weights in one folder, of which one is read. */
final class Twins {
  /** How many bytes of each tensor are compared. */
  private static final long SAMPLE = 4096;

  private Twins() {}

  /** Whether both hold the same tensors, as far as names, types, shapes and first bytes tell. */
  static boolean agree(Checkpoint one, Checkpoint other) {
    if (!one.entries().keySet().equals(other.entries().keySet())) {
      return false;
    }
    return one.entries().values().stream()
            .allMatch(entry -> alike(entry, other.entry(entry.name())))
        && one.entries().keySet().stream().allMatch(name -> beginAlike(name, one, other));
  }

  private static boolean alike(TensorEntry one, TensorEntry other) {
    return one.dtype() == other.dtype() && one.shape().equals(other.shape());
  }

  private static boolean beginAlike(String name, Checkpoint one, Checkpoint other) {
    boolean[] alike = new boolean[1];
    Memory.withoutGrad(
        () -> {
          try (PointerScope scope = new PointerScope()) {
            alike[0] = first(one.tensor(name)).equal(first(other.tensor(name)));
          }
        });
    return alike[0];
  }

  private static Tensor first(Tensor tensor) {
    Tensor bytes = tensor.reshape(-1).view(ScalarType.Byte);
    return bytes.narrow(0, 0, Math.min(SAMPLE, bytes.numel()));
  }
}
