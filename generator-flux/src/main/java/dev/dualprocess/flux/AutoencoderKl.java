package dev.dualprocess.flux;

import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The autoencoder between pixels and latents (arXiv 2112.10752), f pixels for one latent.
 *
 * @param quantConv after the encoder, or null
 * @param postQuantConv before the decoder, or null
 */
record AutoencoderKl(
    AutoencoderKlConfig config,
    VaeEncoder encoder,
    @Nullable Conv2d quantConv,
    @Nullable Conv2d postQuantConv,
    VaeDecoder decoder) {

  /** Reads the model; the weights' owner owns its tensors. */
  static AutoencoderKl load(Weights weights, AutoencoderKlConfig config, Blocks blocks) {
    long latent = config.latentChannels();
    return new AutoencoderKl(
        config,
        VaeEncoder.load(weights.in("encoder"), config, blocks),
        config.useQuantConv()
            ? Conv2d.load(weights.in("quant_conv"), 2 * latent, 2 * latent, 1, 1, 0)
            : null,
        config.usePostQuantConv()
            ? Conv2d.load(weights.in("post_quant_conv"), latent, latent, 1, 1, 0)
            : null,
        VaeDecoder.load(weights.in("decoder"), config, blocks));
  }

  /** The distribution of an image's latents, unscaled: image [B, 3, H, W] in -1 .. 1. */
  LatentDistribution encode(Tensor image) {
    Tensor parameters = encoder.forward(image);
    return LatentDistribution.of(quantConv == null ? parameters : quantConv.forward(parameters));
  }

  /** The image of unscaled latents: z [B, C, h, w] to [B, 3, f h, f w], nominally in -1 .. 1. */
  Tensor decode(Tensor z) {
    return decoder.forward(postQuantConv == null ? z : postQuantConv.forward(z));
  }

  /** The latents as the decoder takes them, of those that the generator makes. */
  Tensor unscaled(Tensor latents) {
    return Ops.add(Ops.mul(latents, 1 / config.scalingFactor()), config.shiftFactor());
  }
}
