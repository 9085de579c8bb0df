package dev.dualprocess.recompute;

import dev.dualprocess.tensor.Flops;
import dev.dualprocess.tensor.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.jspecify.annotations.Nullable;

/**
 * A block run again for its backward. What it ends in is left out: NaN of no memory stands for y.
 * Backward asks the graph for dy, and goes on from u, ΔA(u) and the block's outputs at once.
 */
final class Repetition implements Pass, AutoCloseable {
  private final Blocks blocks;
  private final List<LeftOut> leftOut = new ArrayList<>();

  /** Owns its tensors; {@code change} may be null. */
  private record LeftOut(LastMap map, Tensor u, @Nullable Tensor change, Tensor y) {}

  Repetition(Blocks blocks) {
    this.blocks = blocks;
  }

  /** Runs {@code block} on leaves, and backward from its outputs. */
  void backward(UnaryOperator<Tensor[]> block, Tensor[] inputs, Tensor[] dOutputs) {
    Tensor[] outputs =
        blocks.during(
            this, () -> Flops.repeating(() -> Memory.scopedAll(() -> block.apply(inputs))));
    Gradients gradients = new Gradients();
    for (int i = 0; i < outputs.length; i++) {
      gradients.add(outputs[i], dOutputs[i]);
    }
    if (!leftOut.isEmpty() && !gradients.isEmpty()) {
      TensorVector ys = new TensorVector(leftOut.stream().map(LeftOut::y).toArray(Tensor[]::new));
      TensorVector dys = gradients.at(ys);
      for (int i = 0; i < leftOut.size(); i++) {
        carryBack(leftOut.get(i), dys.get(i), gradients);
      }
    }
    gradients.backward(false);
  }

  private static void carryBack(LeftOut out, Tensor dy, Gradients gradients) {
    if (!dy.defined()) {
      return;
    }
    if (out.change != null) {
      gradients.add(out.change, dy);
    }
    if (out.u.requires_grad()) {
      gradients.add(out.u, Memory.noGrad(() -> out.map.backward(out.u, dy)));
    }
  }

  @Override
  public Tensor last(LastMap map, Tensor u) {
    Tensor change = map.change(u);
    Tensor nan = u.new_full(new long[] {1}, new Scalar(Double.NaN));
    nan.set_requires_grad(true);
    Tensor y = nan.expand(map.shape(u)); // no leaf, so that backward keeps no gradient of its size
    leftOut.add(new LeftOut(map, kept(u), change == null ? null : kept(change), kept(y)));
    return y;
  }

  private static Tensor kept(Tensor t) {
    return Memory.keep(new Tensor(t));
  }

  /** A block within the block; it has to give its whole value. */
  @Override
  public Tensor[] run(UnaryOperator<Tensor[]> block, Tensor[] inputs) {
    return blocks.during(null, () -> Memory.scopedAll(() -> block.apply(inputs)));
  }

  @Override
  public void close() {
    for (LeftOut out : leftOut) {
      out.u.close();
      out.y.close();
      if (out.change != null) {
        out.change.close();
      }
    }
    leftOut.clear();
  }
}
