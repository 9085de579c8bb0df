package dev.dualprocess.flux;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.MoreObjects;
import dev.dualprocess.config.Counts;
import dev.dualprocess.config.Reals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * vae/config.json: a convolutional autoencoder.
 *
 * @param inChannels colours in, 3 by default
 * @param outChannels colours out, 3 by default
 * @param blockOutChannels channels at each resolution, finest first
 * @param layersPerBlock residual blocks at each resolution of the encoder; the decoder has one more
 * @param latentChannels channels of the latents
 * @param normNumGroups groups of the norms, 32 by default
 * @param sampleSize side of the images it was trained on, a number or a pair; null if not told
 * @param scalingFactor latents are multiplied by it after encoding
 * @param shiftFactor and taken from them before, 0 by default
 * @param forceUpcast whether fp16 is too narrow for it, true by default
 * @param useQuantConv whether a 1x1 convolution follows the encoder, true by default
 * @param usePostQuantConv whether one precedes the decoder, true by default
 * @param midBlockAddAttention whether there is attention at the coarsest resolution, true by
 *     default
 * @param actFn activation, must be silu
 * @param downBlockTypes must all be DownEncoderBlock2D
 * @param upBlockTypes must all be UpDecoderBlock2D
 */
record AutoencoderKlConfig(
    Integer inChannels,
    Integer outChannels,
    List<Integer> blockOutChannels,
    int layersPerBlock,
    int latentChannels,
    Integer normNumGroups,
    @Nullable JsonNode sampleSize,
    double scalingFactor,
    Double shiftFactor,
    Boolean forceUpcast,
    Boolean useQuantConv,
    Boolean usePostQuantConv,
    Boolean midBlockAddAttention,
    String actFn,
    @Nullable List<String> downBlockTypes,
    @Nullable List<String> upBlockTypes) {

  AutoencoderKlConfig {
    inChannels = MoreObjects.firstNonNull(inChannels, 3);
    outChannels = MoreObjects.firstNonNull(outChannels, 3);
    normNumGroups = MoreObjects.firstNonNull(normNumGroups, 32);
    shiftFactor = MoreObjects.firstNonNull(shiftFactor, 0.0);
    forceUpcast = MoreObjects.firstNonNull(forceUpcast, true);
    useQuantConv = MoreObjects.firstNonNull(useQuantConv, true);
    usePostQuantConv = MoreObjects.firstNonNull(usePostQuantConv, true);
    midBlockAddAttention = MoreObjects.firstNonNull(midBlockAddAttention, true);
    actFn = MoreObjects.firstNonNull(actFn, "silu");
    if (!actFn.equals("silu")) {
      throw new IllegalArgumentException("act_fn is '" + actFn + "'; supported is silu");
    }
    if (blockOutChannels == null || blockOutChannels.isEmpty()) {
      throw new IllegalArgumentException("block_out_channels is missing or empty");
    }
    blockOutChannels = List.copyOf(blockOutChannels);
    Counts.requireLevels("block_out_channels", blockOutChannels.size());
    Counts.requireSize("in_channels", inChannels);
    Counts.requireSize("out_channels", outChannels);
    Counts.requireSize("norm_num_groups", normNumGroups);
    Counts.requireLayers("layers_per_block", layersPerBlock);
    Counts.requireSize("latent_channels", latentChannels);
    for (int channels : blockOutChannels) {
      Counts.requireSize("block_out_channels", channels);
      Sizes.requireMultiple("block_out_channels", channels, "norm_num_groups", normNumGroups);
    }
    requireAll("down_block_types", downBlockTypes, "DownEncoderBlock2D");
    requireAll("up_block_types", upBlockTypes, "UpDecoderBlock2D");
    if (scalingFactor == 0) {
      throw new IllegalArgumentException("scaling_factor is 0");
    }
    Reals.requireFactor("scaling_factor", scalingFactor);
    Reals.requireOffset("shift_factor", shiftFactor);
  }

  private static void requireAll(String field, @Nullable List<String> types, String supported) {
    if (types != null && !types.stream().allMatch(supported::equals)) {
      throw new IllegalArgumentException(field + " is " + types + "; supported is " + supported);
    }
  }

  /** Pixels of the image for one latent, in each direction. */
  int scaleFactor() {
    return 1 << (blockOutChannels.size() - 1);
  }

  /** Channels at the coarsest resolution. */
  int widest() {
    return blockOutChannels.get(blockOutChannels.size() - 1);
  }

  /** Side of the images it was trained on, or {@code otherwise} where the file does not tell. */
  int sampleSide(int otherwise) {
    if (sampleSize == null || sampleSize.isNull()) {
      return otherwise;
    }
    return sampleSize.isArray() ? sampleSize.path(0).asInt(otherwise) : sampleSize.asInt(otherwise);
  }
}
