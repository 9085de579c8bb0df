package dev.dualprocess.nn;

import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * SwiGLU (arXiv 2002.05202): y = downProj( silu(gateProj x) ⊙ upProj x ).
 *
 * @param gateProj in to inner
 * @param upProj in to inner
 * @param downProj inner to out
 */
public record GatedMlp(Linear gateProj, Linear upProj, Linear downProj) implements Layer {
  private static final long BLOCK = 8; // numbers of 16 bits that a GPU's matrix units load at once

  /**
   * Reads all three with their biases. For a GPU in half precision, {@code inner} is filled up with
   * zeros to whole blocks: without, its matrix products take twice as long.
   */
  public static GatedMlp load(Weights weights, long in, long inner, long out) {
    Placement placement = weights.placement();
    boolean inBlocks = placement.device().startsWith("cuda") && placement.dtype().bytes() == 2;
    return load(weights, in, inner, out, inBlocks ? (inner + BLOCK - 1) / BLOCK * BLOCK : inner);
  }

  static GatedMlp load(Weights weights, long in, long inner, long out, long innerTo) {
    return new GatedMlp(
        Linear.loadUpTo(weights.in("gate_proj"), in, inner, in, innerTo),
        Linear.loadUpTo(weights.in("up_proj"), in, inner, in, innerTo),
        Linear.loadUpTo(weights.in("down_proj"), inner, out, innerTo, out));
  }

  /** Reads all three, which have no biases. */
  public static GatedMlp loadWithoutBias(Weights weights, long in, long inner, long out) {
    return new GatedMlp(
        Linear.loadWithoutBias(weights.in("gate_proj"), in, inner),
        Linear.loadWithoutBias(weights.in("up_proj"), in, inner),
        Linear.loadWithoutBias(weights.in("down_proj"), inner, out));
  }

  /** x [..., in] to [..., out]. */
  @Override
  public Tensor forward(Tensor x) {
    return downProj.forward(inner(x));
  }

  /** What {@code downProj} reads, for a block that ends in that: x [..., in] to [..., inner]. */
  public Tensor inner(Tensor x) {
    return Ops.silu(gateProj.forward(x)).mul(upProj.forward(x));
  }
}
