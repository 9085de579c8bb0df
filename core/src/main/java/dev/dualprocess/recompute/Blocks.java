package dev.dualprocess.recompute;

import dev.dualprocess.tensor.Memory;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * How a model runs its blocks: each in a scope of its own, and each a piece that the {@link Tape}
 * of the pass, if there is one, may compute again.
 *
 * <p>A block is a function of its arguments and of weights. Every tensor that was made in the pass
 * has to be an argument, not a captured variable: the tape keeps arguments alive until backward.
 */
public final class Blocks {
  private Blocks() {}

  /** y = block(x), in the caller's scope. */
  public static Tensor run(UnaryOperator<Tensor> block, Tensor x) {
    return runAll(in -> new Tensor[] {block.apply(in[0])}, x)[0];
  }

  /** The same for a block of several tensors. */
  public static Tensor[] runAll(UnaryOperator<Tensor[]> block, Tensor... inputs) {
    return run(Block.of(block), inputs);
  }

  /** y = A(f(x)). */
  public static Tensor run(UnaryOperator<Tensor> f, Ending last, Tensor x) {
    return run(new ResidualBlock(null, in -> one(f.apply(in[0])), List.of(last)), new Tensor[] {x})[
        0];
  }

  /** y = x₀ + A(f(x₀, x₁ ..)). */
  public static Tensor residual(Function<Tensor[], Tensor> f, Ending last, Tensor... inputs) {
    return residual(Ending.NONE, f, last, inputs);
  }

  /** y = S(x₀) + A(f(x₀, x₁ ..)), S frozen. */
  public static Tensor residual(
      Ending shortcut, Function<Tensor[], Tensor> f, Ending last, Tensor... inputs) {
    return residuals(List.of(shortcut), in -> one(f.apply(in)), List.of(last), inputs)[0];
  }

  /**
   * yᵢ = Sᵢ(xᵢ) + gateᵢ ⊙ Aᵢ(uᵢ), (uᵢ, gateᵢ) = f(x₀, x₁ ..), S frozen; there may be more inputs
   * than outputs.
   */
  public static Tensor[] residuals(
      List<Ending> shortcuts, Function<Tensor[], Branch[]> f, List<Ending> last, Tensor... inputs) {
    return run(new ResidualBlock(shortcuts, f, last), inputs);
  }

  private static Branch[] one(Tensor value) {
    return new Branch[] {Branch.of(value)};
  }

  private static Tensor[] run(Block block, Tensor[] inputs) {
    Tape tape = Tape.active();
    return tape == null ? Memory.scopedAll(() -> block.forward(inputs)) : tape.run(block, inputs);
  }
}
