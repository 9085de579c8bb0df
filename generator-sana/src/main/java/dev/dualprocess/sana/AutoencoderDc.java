package dev.dualprocess.sana;

import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * The deep-compression autoencoder between pixels and latents (arXiv 2410.10733), f pixels for one
 * latent in each direction. It has no randomness: an image has one latent. All tensors are in the
 * dtype of the weights; gradients flow to what goes in, not to the weights.
 */
record AutoencoderDc(AutoencoderDcConfig config, DcEncoder encoder, DcDecoder decoder) {

  /** Reads the model; the weights' owner owns its tensors. */
  static AutoencoderDc load(Weights weights, AutoencoderDcConfig config, Blocks blocks) {
    return new AutoencoderDc(
        config,
        DcEncoder.load(weights.in("encoder"), config, blocks),
        DcDecoder.load(weights.in("decoder"), config, blocks));
  }

  /**
   * The latents of an image, unscaled: image [B, 3, H, W] in -1 .. 1 to [B, C, H/f, W/f].
   *
   * @throws IllegalArgumentException if a side is no multiple of f
   */
  Tensor encode(Tensor image) {
    long f = config.scaleFactor();
    long height = image.size(2);
    long width = image.size(3);
    if (height % f != 0 || width % f != 0) {
      throw new IllegalArgumentException(
          "the image has %d x %d pixels (width x height); both must be multiples of %d"
              .formatted(width, height, f));
    }
    return encoder.forward(image);
  }

  /** The image of unscaled latents: z [B, C, h, w] to [B, 3, f h, f w], nominally in -1 .. 1. */
  Tensor decode(Tensor z) {
    return decoder.forward(z);
  }
}
