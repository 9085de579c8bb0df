package dev.dualprocess.distill;

import dev.dualprocess.tensor.Memory;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** Copies in the host's memory, pinned for tensors of a GPU, which goes on meanwhile. */
final class CopiesOnHost implements KeptCopies {
  private final Tensor[] copies;

  /** Room for copies of those. */
  CopiesOnHost(Tensor[] originals) {
    copies = Arrays.stream(originals).map(CopiesOnHost::room).toArray(Tensor[]::new);
  }

  private static Tensor room(Tensor like) {
    return Memory.kept(
        () -> {
          Tensor host = torch.empty(like.shape(), new TensorOptions(like.scalar_type()), null);
          return like.is_cuda() ? host.pin_memory() : host;
        });
  }

  @Override
  public void keep(Tensor[] originals) {
    for (int i = 0; i < copies.length; i++) {
      copies[i].copy_(originals[i], true);
    }
  }

  @Override
  public Tensor[] last() {
    return copies.clone();
  }

  @Override
  public void close() {
    for (Tensor copy : copies) {
      copy.close();
    }
  }
}
