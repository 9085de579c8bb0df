package dev.dualprocess.nn;

/** A layer that takes low-rank branches: W x becomes W x + Σ s B A x (LoRA, arXiv 2106.09685). */
public interface Adaptable {
  /** The module's path in the checkpoint, such as {@code transformer_blocks.0.attn.to_q}. */
  String path();

  /** The shape of A for that rank. */
  long[] aShape(int rank);

  /** The shape of B for that rank. */
  long[] bShape(int rank);

  /**
   * Adds a branch to what the layer computes, until it is detached; its tensors stay the caller's.
   */
  void attach(LowRankBranch branch);

  /** Removes that very branch; nothing happens if it is not attached. */
  void detach(LowRankBranch branch);

  /** Whether a branch is attached whose factors require a gradient. */
  boolean learning();

  /** Whether a branch is attached or merged. */
  boolean adapted();

  /** Whether all factors of the attached branches are finite; looks at every number. */
  boolean soundlyAdapted();

  /**
   * Adds the branch's effect for good: in a copy of the weight, or, where the product of its
   * factors does not fit into that, as a copy of the branch.
   */
  void merge(LowRankBranch branch);

  /** Frees the copies that {@link #merge} made, if any; the layer must not be used afterwards. */
  void releaseMerged();
}
