package dev.dualprocess;

import org.bytedeco.pytorch.Tensor;

/**
 * One forward pass of a generator with gradient: the estimate of the clean image, x̂₀ = z_t - σ
 * G(z_t) (eq. 5 of arXiv 2506.01955), decoded. Holds what backward needs until it is closed; used
 * by one thread.
 */
public interface Draft extends AutoCloseable {
  /** The image, detached: fp32 [1, 3, H, W], nominally in [-1, 1], owned by this draft. */
  Tensor image();

  /**
   * Adds this pass's vector-Jacobian product to the gradients of the attached trainable LoRA, and
   * to that of z_t if it requires one. Once per draft.
   *
   * @param dImage gradient of the loss in the image, [1, 3, H, W], any device and floating dtype
   */
  void backward(Tensor dImage);

  /** Frees the image and what backward needs. */
  @Override
  void close();
}
