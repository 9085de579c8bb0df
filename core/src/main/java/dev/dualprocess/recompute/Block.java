package dev.dualprocess.recompute;

import dev.dualprocess.tensor.Flops;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** A piece of a pass that can be computed again from its inputs. */
interface Block {
  /** The outputs, in the caller's scope. */
  Tensor[] forward(Tensor[] inputs);

  /**
   * Carries gradients back, after {@link #forward} was run without recording.
   *
   * @param inputs leaves; each that wants a gradient gets its share added to it
   * @param dOutputs the outputs' gradients, undefined where there is none
   */
  void backward(Tensor[] inputs, Tensor[] dOutputs);

  /** A block that is computed again as a whole. */
  static Block of(UnaryOperator<Tensor[]> function) {
    return new Block() {
      @Override
      public Tensor[] forward(Tensor[] inputs) {
        return function.apply(inputs);
      }

      @Override
      public void backward(Tensor[] inputs, Tensor[] dOutputs) {
        Tensor[] outputs = Flops.repeating(() -> function.apply(inputs));
        Gradients gradients = new Gradients();
        for (int i = 0; i < outputs.length; i++) {
          gradients.add(outputs[i], dOutputs[i]);
        }
        gradients.backward(false);
      }
    };
  }

  /** The gradients that leaves have collected. */
  static Tensor[] collected(Tensor[] leaves) {
    return Arrays.stream(leaves).map(Tensor::grad).toArray(Tensor[]::new);
  }
}
