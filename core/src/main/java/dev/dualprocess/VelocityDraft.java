package dev.dualprocess;

import org.bytedeco.pytorch.Tensor;

/** A draft that shows the velocity û = G(z_t) it was made by, and takes a gradient in it too. */
public interface VelocityDraft extends Draft {
  /** û, detached: fp32 [1, latent shape], owned by this draft. */
  Tensor velocity();

  /**
   * {@link #backward(Tensor)} of a loss that depends on image and velocity. Once per draft.
   *
   * @param dImage gradient of the loss in the image, [1, 3, H, W], any device and floating dtype
   * @param dVelocity gradient of the loss in û, [1, latent shape], any device and floating dtype
   */
  void backward(Tensor dImage, Tensor dVelocity);
}
