package dev.dualprocess.recompute;

import dev.dualprocess.tensor.Memory;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** A block that is computed again, its inputs and its outputs, all of them leaves; owns these. */
final class Repeated implements Piece {
  private final Blocks blocks;
  private final UnaryOperator<Tensor[]> block;
  private final Tensor[] inputs;
  private final Tensor[] outputs;

  /** Takes ownership of {@code inputs}. */
  Repeated(Blocks blocks, UnaryOperator<Tensor[]> block, Tensor[] inputs, Tensor[] outputs) {
    this.blocks = blocks;
    this.block = block;
    this.inputs = inputs;
    this.outputs =
        Memory.freeing(
            () ->
                Arrays.stream(outputs).map(t -> Memory.keep(new Tensor(t))).toArray(Tensor[]::new));
  }

  /** The outputs' own memory is given back before the block takes its. */
  @Override
  public void backward() {
    try (PointerScope scope = new PointerScope();
        Repetition repetition = new Repetition(blocks)) {
      Tensor[] dOutputs = // handles of their own: what grad() gives lives in the output
          Arrays.stream(outputs).map(t -> new Tensor(t.grad())).toArray(Tensor[]::new);
      free(outputs);
      repetition.backward(block, inputs, dOutputs);
    }
  }

  private static void free(Tensor[] tensors) {
    Arrays.stream(tensors).forEach(Tensor::close);
  }

  @Override
  public void close() {
    free(inputs);
    free(outputs);
  }
}
