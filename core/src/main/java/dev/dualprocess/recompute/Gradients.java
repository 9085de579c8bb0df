package dev.dualprocess.recompute;

import dev.dualprocess.tensor.Memory;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Tensors of one graph with the gradients that backward begins with. */
final class Gradients {
  private final TensorVector ends = new TensorVector();
  private final TensorVector gradients = new TensorVector();

  /**
   * Adds a tensor, unless it wants no gradient or its gradient is undefined.
   *
   * @param gradient may become a leaf's own
   */
  void add(Tensor end, Tensor gradient) {
    if (!gradient.defined() || !end.requires_grad()) {
      return;
    }
    if (end.__dispatch_is_leaf()) {
      collect(end, gradient);
    } else {
      ends.push_back(end);
      gradients.push_back(gradient);
    }
  }

  private static void collect(Tensor leaf, Tensor gradient) {
    Tensor sum = leaf.grad();
    if (sum.defined()) {
      Memory.withoutRecording(() -> sum.add_(gradient));
    } else {
      leaf.mutable_grad().put(gradient);
    }
  }

  /** What reaches some tensors inside the graph, undefined where nothing does; keeps the graph. */
  TensorVector at(TensorVector inside) {
    return torch.grad(ends, inside, gradients, new BoolOptional(true), false, true);
  }

  /** Whether there is nothing to begin with. */
  boolean isEmpty() {
    return ends.empty();
  }

  /** Runs backward from all of them at once, if there is any. */
  void backward(boolean keepGraph) {
    if (!isEmpty()) {
      torch.backward(ends, gradients, new BoolOptional(keepGraph), false, new TensorVector());
    }
  }
}
