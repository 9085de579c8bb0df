package dev.dualprocess.distill;

import dev.dualprocess.parallel.Ranks;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** The mean over the draws of a step, on all ranks, of the gradients that they leave. */
final class MeanGradient implements AutoCloseable {
  private final Tensor gradient; // [n], where each draw leaves its own; not owned
  private final int draws;
  private final Ranks ranks; // not owned
  private final @Nullable Tensor sum; // [n]; null where a step is one draw

  /**
   * Of no draw yet.
   *
   * @param draws K, of all ranks together
   */
  MeanGradient(Tensor gradient, int draws, Ranks ranks) {
    this.gradient = gradient;
    this.draws = draws;
    this.ranks = ranks;
    this.sum = draws == 1 ? null : Memory.kept(() -> torch.zeros_like(gradient));
  }

  /** Forgets the draws of a step that was not finished. */
  void begin() {
    Tensor all = sum;
    if (all != null) {
      Memory.withoutGrad(() -> all.zero_());
    }
  }

  /** Adds what the last draw left. */
  void add() {
    Tensor all = sum;
    if (all != null) {
      Memory.withoutGrad(() -> all.add_(gradient));
    }
  }

  /** Leaves the mean where a draw leaves its gradient. */
  void finish() {
    Tensor all = sum;
    if (all != null) {
      ranks.sum(all);
      Memory.withoutGrad(() -> gradient.copy_(Ops.mul(all, 1.0 / draws)));
    }
  }

  @Override
  public void close() {
    if (sum != null) {
      sum.close();
    }
  }
}
