package dev.dualprocess;

import org.bytedeco.pytorch.Tensor;

/**
 * A generator whose passes estimate a velocity û = G(z_t) before anything is decoded, as those of a
 * rectified flow do; with it, a draft can be compared with another pass at its own latents for the
 * price of the transformer alone.
 */
public interface VelocityGenerator extends Generator {
  @Override
  VelocityDraft draft(Tensor zt, int step, Conditioning conditioning, Sampling sampling);

  /**
   * The velocity that {@link #draft} of the same arguments takes its step by, without gradient and
   * without decoding.
   *
   * @param zt latents at the noise level of that step, [1, latent shape]
   * @param step 0 .. N-1
   * @return û, fp32 [1, latent shape], in the caller's scope
   */
  Tensor velocity(Tensor zt, int step, Conditioning conditioning, Sampling sampling);
}
