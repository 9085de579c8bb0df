package dev.dualprocess.qwen;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * A square of patches to one image token: y = outer gelu(inner [norm x₁; norm x₂; ..]), or norm of
 * the whole square.
 *
 * @param norm of what is {@code normed} wide
 * @param normed width D of a patch, or that of a square
 * @param square width of a square
 * @param inner from a square to that
 * @param outer from a square to a token
 * @param blocks what the tower runs its blocks with
 */
public record PatchMerger(
    Layer norm, long normed, long square, Linear inner, Linear outer, Blocks blocks) {
  /** x [N, D], the patches of a square side by side, to [tokens, out]. */
  public Tensor forward(Tensor x) {
    Tensor y = norm.forward(x.view(-1, normed)).view(-1, square);
    return blocks.last(outer, Ops.gelu(inner.forward(y)));
  }
}
