package dev.dualprocess.recompute;

import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Tensors of one graph with the gradients that backward begins with. */
final class Gradients {
  private final TensorVector ends = new TensorVector();
  private final TensorVector gradients = new TensorVector();

  /** Adds a tensor, unless it wants no gradient or its gradient is undefined. */
  void add(Tensor end, Tensor gradient) {
    if (gradient.defined() && end.requires_grad()) {
      ends.push_back(end);
      gradients.push_back(gradient);
    }
  }

  /** Runs backward from all of them at once, if there is any. */
  void backward(boolean keepGraph) {
    if (!ends.empty()) {
      torch.backward(ends, gradients, new BoolOptional(keepGraph), false, new TensorVector());
    }
  }
}
