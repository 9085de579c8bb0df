package dev.dualprocess.sana;

import static com.fasterxml.jackson.annotation.JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.google.common.base.MoreObjects;
import dev.dualprocess.config.Counts;
import dev.dualprocess.config.Reals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * vae/config.json: a deep-compression autoencoder. Lists have one entry for each resolution, finest
 * first; where one value is given in place of a list of names, it holds for all of them.
 *
 * @param inChannels colours in and out, 3 by default
 * @param latentChannels channels of the latents
 * @param attentionHeadDim width of an attention head, 32 by default
 * @param encoderBlockTypes ResBlock (the default) or EfficientViTBlock
 * @param decoderBlockTypes the same of the decoder
 * @param encoderBlockOutChannels channels
 * @param decoderBlockOutChannels the same of the decoder
 * @param encoderLayersPerBlock number of blocks; 0 only at the finest resolution
 * @param decoderLayersPerBlock the same of the decoder
 * @param encoderQkvMultiscales kernels of the further scales of attention, odd
 * @param decoderQkvMultiscales the same of the decoder
 * @param upsampleBlockType pixel_shuffle (the default) or interpolate
 * @param downsampleBlockType pixel_unshuffle (the default) or conv
 * @param decoderNormTypes must all be rms_norm, the default
 * @param decoderActFns activations of residual blocks, silu (the default) or relu; the encoder's
 *     are silu
 * @param encoderOutShortcut whether averages of the last feature map are added to the latents, true
 *     by default
 * @param decoderInShortcut whether repetitions of the latents are added to the first feature map,
 *     true by default
 * @param decoderConvActFn last activation, silu or relu (the default)
 * @param scalingFactor latents are multiplied by it after encoding and divided by it before
 *     decoding
 */
record AutoencoderDcConfig(
    Integer inChannels,
    int latentChannels,
    Integer attentionHeadDim,
    @JsonFormat(with = ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable List<String> encoderBlockTypes,
    @JsonFormat(with = ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable List<String> decoderBlockTypes,
    List<Integer> encoderBlockOutChannels,
    List<Integer> decoderBlockOutChannels,
    List<Integer> encoderLayersPerBlock,
    List<Integer> decoderLayersPerBlock,
    List<List<Integer>> encoderQkvMultiscales,
    List<List<Integer>> decoderQkvMultiscales,
    String upsampleBlockType,
    String downsampleBlockType,
    @JsonFormat(with = ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> decoderNormTypes,
    @JsonFormat(with = ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable List<String> decoderActFns,
    Boolean encoderOutShortcut,
    Boolean decoderInShortcut,
    String decoderConvActFn,
    double scalingFactor) {
  private static final String SHUFFLE = "pixel_shuffle";
  private static final String INTERPOLATE = "interpolate";
  private static final String UNSHUFFLE = "pixel_unshuffle";
  private static final String STRIDED = "conv";

  AutoencoderDcConfig {
    inChannels = MoreObjects.firstNonNull(inChannels, 3);
    attentionHeadDim = MoreObjects.firstNonNull(attentionHeadDim, 32);
    upsampleBlockType = MoreObjects.firstNonNull(upsampleBlockType, SHUFFLE);
    downsampleBlockType = MoreObjects.firstNonNull(downsampleBlockType, UNSHUFFLE);
    decoderNormTypes = MoreObjects.firstNonNull(decoderNormTypes, List.of("rms_norm"));
    encoderOutShortcut = MoreObjects.firstNonNull(encoderOutShortcut, true);
    decoderInShortcut = MoreObjects.firstNonNull(decoderInShortcut, true);
    decoderConvActFn = MoreObjects.firstNonNull(decoderConvActFn, "relu");
    Counts.requireSize("in_channels", inChannels);
    Counts.requireSize("latent_channels", latentChannels);
    Counts.requireSize("attention_head_dim", attentionHeadDim);
    DcChecks.requireOneOf("upsample_block_type", upsampleBlockType, List.of(SHUFFLE, INTERPOLATE));
    DcChecks.requireOneOf(
        "downsample_block_type", downsampleBlockType, List.of(UNSHUFFLE, STRIDED));
    for (String norm : decoderNormTypes) {
      DcChecks.requireOneOf("decoder_norm_types", norm, List.of("rms_norm"));
    }
    DcActivation.named("decoder_conv_act_fn", decoderConvActFn);
    if (scalingFactor == 0) {
      throw new IllegalArgumentException("scaling_factor is 0");
    }
    Reals.requireFactor("scaling_factor", scalingFactor);
    List<DcLevel> encoder =
        DcLevel.list(
            "encoder",
            attentionHeadDim,
            encoderBlockOutChannels,
            encoderLayersPerBlock,
            encoderBlockTypes,
            encoderQkvMultiscales,
            null);
    List<DcLevel> decoder =
        DcLevel.list(
            "decoder",
            attentionHeadDim,
            decoderBlockOutChannels,
            decoderLayersPerBlock,
            decoderBlockTypes,
            decoderQkvMultiscales,
            decoderActFns);
    if (encoder.size() != decoder.size()) {
      throw new IllegalArgumentException(
          "encoder_block_out_channels has %d entries, decoder_block_out_channels %d"
              .formatted(encoder.size(), decoder.size()));
    }
    if (downsampleBlockType.equals(UNSHUFFLE)) {
      for (DcLevel coarser : encoder.subList(1, encoder.size())) {
        DcChecks.requireMultiple(
            "encoder_block_out_channels",
            coarser.channels(),
            "the places of " + UNSHUFFLE,
            ChannelShortcut.PLACES);
      }
    }
    requireShortcut("encoder_block_out_channels", encoder, encoderOutShortcut, latentChannels);
    requireShortcut("decoder_block_out_channels", decoder, decoderInShortcut, latentChannels);
  }

  private static void requireShortcut(
      String field, List<DcLevel> levels, boolean shortcut, int latentChannels) {
    if (shortcut) {
      int widest = levels.get(levels.size() - 1).channels();
      DcChecks.requireMultiple(field, widest, "latent_channels", latentChannels);
    }
  }

  /** Pixels of the image for one latent, in each direction. */
  int scaleFactor() {
    return 1 << (encoderBlockOutChannels.size() - 1);
  }

  /** Whether the encoder halves the resolution by making places into channels. */
  boolean unshuffles() {
    return downsampleBlockType.equals(UNSHUFFLE);
  }

  /** Whether the decoder doubles the resolution by repeating places. */
  boolean interpolates() {
    return upsampleBlockType.equals(INTERPOLATE);
  }

  /** The decoder's last activation. */
  DcActivation convAct() {
    return DcActivation.named("decoder_conv_act_fn", decoderConvActFn);
  }

  /** The encoder's resolutions, finest first. */
  List<DcLevel> encoderLevels() {
    return DcLevel.list(
        "encoder",
        attentionHeadDim,
        encoderBlockOutChannels,
        encoderLayersPerBlock,
        encoderBlockTypes,
        encoderQkvMultiscales,
        null);
  }

  /** The decoder's resolutions, finest first. */
  List<DcLevel> decoderLevels() {
    return DcLevel.list(
        "decoder",
        attentionHeadDim,
        decoderBlockOutChannels,
        decoderLayersPerBlock,
        decoderBlockTypes,
        decoderQkvMultiscales,
        decoderActFns);
  }
}
