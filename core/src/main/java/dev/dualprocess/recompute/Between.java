package dev.dualprocess.recompute;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** What was computed between two blocks: its graph's ends, and the leaves cut from them. */
final class Between implements Piece {
  private final List<Tensor> ends = new ArrayList<>();
  private final List<Tensor> leaves = new ArrayList<>();

  /** A leaf of x's value, which the caller owns and whose gradient goes on from x. */
  Tensor cut(Tensor x) {
    return Memory.freeing(
        () -> {
          Tensor leaf = Ops.leaf(x);
          ends.add(Memory.keep(new Tensor(x)));
          leaves.add(Memory.keep(new Tensor(leaf)));
          return Memory.keep(leaf);
        });
  }

  boolean isEmpty() {
    return ends.isEmpty();
  }

  @Override
  public void backward() {
    try (PointerScope scope = new PointerScope()) {
      Gradients gradients = new Gradients();
      for (int i = 0; i < ends.size(); i++) {
        gradients.add(ends.get(i), leaves.get(i).grad());
      }
      gradients.backward(true);
    }
  }

  @Override
  public void close() {
    ends.forEach(Tensor::close);
    leaves.forEach(Tensor::close);
  }
}
