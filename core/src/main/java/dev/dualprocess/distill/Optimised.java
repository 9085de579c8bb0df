package dev.dualprocess.distill;

/** What a run changes until the verifier sees what it wants. */
public enum Optimised {
  /** A LoRA on the generator, which is good for every seed and carries over to other texts. */
  WEIGHTS,
  /**
   * The noise of one seed (table 2 of arXiv 2506.01955). What is found is one image; another seed
   * or another text has to be optimised anew. The gradient is taken in one pass on the noise
   * itself, which is where a generator of many steps sees the clean image from.
   */
  LATENTS
}
