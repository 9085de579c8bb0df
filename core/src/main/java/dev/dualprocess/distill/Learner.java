package dev.dualprocess.distill;

import dev.dualprocess.Draft;
import dev.dualprocess.lora.LoraTargets.Attachment;
import org.bytedeco.pytorch.Tensor;

/**
 * What a run optimises: parameters θ in one flat vector, the gradient that drafts leave for them,
 * and the optimizer that moves them. Used by one thread.
 */
sealed interface Learner extends AutoCloseable permits AdapterLearner, NoiseLearner {
  /** n, how many noise seeds the run goes round. */
  int seeds();

  /** The noise of draw k, [1, latent shape]. */
  Tensor noise(int k);

  /** Forgets the draws of a step that was not finished. */
  void begin();

  /** Has the generator use θ until the attachment is closed. */
  Attachment attach();

  /** The draft of z_t with θ, whose backward reaches θ. */
  Draft draft(Tensor zt, Drafting drafting);

  /** Notes the gradient that a draft has left, once it is closed. */
  void gather();

  /**
   * Adds the penalties' gradients to the mean of those that were gathered, moves θ and sets the
   * gradient to zero.
   *
   * @return the gradient's norm before it was clipped
   * @throws DistillationException if that is no number; θ is then as before
   */
  double update();

  /** What penalties added to the loss of the last step, on the mean of its draws. */
  double penalty();

  /** θ, all that is optimised in one vector, fp32 [n]. */
  Tensor parameters();

  /** What moves θ, with its moments; a checkpoint holds both. */
  Adam adam();

  /** Frees what is not the caller's. */
  @Override
  void close();
}
