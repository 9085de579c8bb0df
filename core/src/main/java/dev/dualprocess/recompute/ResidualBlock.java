package dev.dualprocess.recompute;

import dev.dualprocess.tensor.Flops;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * yᵢ = Sᵢ(xᵢ) + gateᵢ ⊙ Aᵢ(uᵢ) with (uᵢ, gateᵢ) from all inputs; i counts outputs and the first
 * inputs.
 *
 * <p>Backward computes u again and stops there: Sᵢ'ᵀ dyᵢ goes to xᵢ, Aᵢ'ᵀ (gateᵢ ⊙ dyᵢ) back from
 * uᵢ. Where a gate wants a gradient, which is made of Aᵢ(uᵢ), that is computed too.
 *
 * @param shortcuts S, frozen; null for none
 * @param body x to u
 * @param last A
 */
record ResidualBlock(List<Ending> shortcuts, Function<Tensor[], Branch[]> body, List<Ending> last)
    implements Block {

  @Override
  public Tensor[] forward(Tensor[] inputs) {
    Branch[] branches = body.apply(inputs);
    Tensor[] outputs = new Tensor[branches.length];
    for (int i = 0; i < outputs.length; i++) {
      Tensor y = last.get(i).forward(branches[i].value());
      outputs[i] = sum(shortcuts == null ? null : shortcuts.get(i), inputs[i], branches[i], y);
    }
    return outputs;
  }

  private static Tensor sum(Ending shortcut, Tensor x, Branch branch, Tensor y) {
    if (shortcut == null) {
      return branch.gate() == null ? y : y.mul(branch.gate());
    }
    Tensor kept = shortcut.forward(x);
    if (branch.gate() != null) {
      return Ops.gated(kept, branch.gate(), y);
    }
    boolean inPlace = !GradMode.is_enabled() && y.scalar_type() == kept.scalar_type();
    return inPlace ? y.add_(kept) : kept.add(y);
  }

  @Override
  public void backward(Tensor[] inputs, Tensor[] dOutputs) {
    Gradients gradients = new Gradients();
    Branch[] branches = Flops.repeating(() -> body.apply(inputs));
    for (int i = 0; i < branches.length; i++) {
      if (dOutputs[i].defined()) {
        begin(gradients, branches[i], last.get(i), dOutputs[i]);
      }
    }
    gradients.backward(false);
    for (int i = 0; shortcuts != null && i < dOutputs.length; i++) {
      if (dOutputs[i].defined() && inputs[i].requires_grad()) {
        collect(inputs[i], back(shortcuts.get(i), inputs[i], dOutputs[i]));
      }
    }
  }

  private static void begin(Gradients gradients, Branch branch, Ending last, Tensor dy) {
    Tensor u = branch.value();
    Tensor gate = branch.gate();
    if (gate != null && gate.requires_grad()) {
      gradients.add(Flops.repeating(() -> last.forward(u).mul(gate)), dy);
      return;
    }
    Tensor gated = gate == null ? dy : dy.mul(gate);
    Tensor change = Flops.repeating(() -> last.change(u));
    if (change != null) {
      gradients.add(change, gated);
    }
    if (u.requires_grad()) {
      if (u.__dispatch_is_leaf()) { // an input itself
        collect(u, back(last, u, gated));
      } else {
        gradients.add(u, back(last, u, gated));
      }
    }
  }

  private static Tensor back(Ending ending, Tensor u, Tensor dy) {
    return Memory.withoutRecording(() -> ending.backward(u, dy));
  }

  /** Adds to a leaf's gradient; {@code dx} may be a gradient that has served its purpose. */
  private static void collect(Tensor leaf, Tensor dx) {
    Tensor sum = leaf.grad();
    if (sum.defined()) {
      Memory.withoutRecording(() -> sum.add_(dx));
    } else {
      leaf.mutable_grad().put(dx);
    }
  }
}
