package dev.dualprocess.tensor;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * y = sin(x W) with a gradient that is added to {@code gradient} at the end, as a LoRA's is; what
 * is done to x first is the test's.
 */
final class LearningPass implements GraphedPasses.Pass {
  private final Tensor weight;
  private final Tensor gradient;
  private final UnaryOperator<Tensor> first;
  private final TensorOwner owner = new TensorOwner();
  private Tensor leaf;
  private Tensor y;

  LearningPass(Tensor weight, Tensor gradient, UnaryOperator<Tensor> first) {
    this.weight = weight;
    this.gradient = gradient;
    this.first = first;
  }

  @Override
  public Tensor[] forward(Tensor... x) {
    return Memory.withGrad(
        () -> {
          leaf = owner.own(Ops.leaf(weight.clone()));
          y = owner.own(first.apply(x[0]).matmul(leaf).sin());
          return new Tensor[] {owner.own(y.detach())};
        });
  }

  @Override
  public boolean goesBack() {
    return true;
  }

  @Override
  public void backward(Tensor dy) {
    Ops.backward(y, dy);
  }

  @Override
  public void close() {
    if (leaf != null && leaf.grad().defined()) {
      Memory.withoutGrad(() -> gradient.add_(leaf.grad()));
    }
    owner.close();
  }
}
