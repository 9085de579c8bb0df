package dev.dualprocess.idefics2;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.dualprocess.config.Counts;
import dev.dualprocess.config.Reals;
import dev.dualprocess.idefics.Activation;

/**
 * {@code perceiver_config} of config.json.
 *
 * @param hiddenSize width D of an image token, that of the language model
 * @param hiddenAct activation of the MLP
 * @param rmsNormEps epsilon of every norm
 * @param resamplerNLatents image tokens, however large the image
 * @param resamplerDepth number of layers
 * @param resamplerNHeads query heads
 * @param resamplerHeadDim width of a head
 * @param numKeyValueHeads key and value heads, each shared by a group of query heads
 */
record PerceiverConfig(
    int hiddenSize,
    String hiddenAct,
    double rmsNormEps,
    @JsonProperty("resampler_n_latents") int resamplerNLatents,
    int resamplerDepth,
    @JsonProperty("resampler_n_heads") int resamplerNHeads,
    int resamplerHeadDim,
    int numKeyValueHeads) {
  /**
   * Width inside the MLP, in widths of a token; the original fixes it outside its configuration.
   */
  private static final int MLP_RATIO = 4;

  PerceiverConfig {
    Counts.requireSize("perceiver hidden_size", hiddenSize);
    Counts.requireLayers("perceiver resampler_depth", resamplerDepth);
    Counts.requireSize("perceiver resampler_n_heads", resamplerNHeads);
    Counts.requireSize("perceiver resampler_head_dim", resamplerHeadDim);
    Counts.requireSize("perceiver num_key_value_heads", numKeyValueHeads);
    Reals.requireEps("perceiver rms_norm_eps", rmsNormEps);
    if (resamplerNHeads % numKeyValueHeads != 0) {
      throw new IllegalArgumentException(
          "perceiver resampler_n_heads %d is not a multiple of num_key_value_heads %d"
              .formatted(resamplerNHeads, numKeyValueHeads));
    }
    Counts.requireSize("perceiver resampler_n_latents", resamplerNLatents);
    Counts.requireSize(
        "perceiver resampler_n_heads times resampler_head_dim",
        (long) resamplerNHeads * resamplerHeadDim);
    Activation.require("perceiver", hiddenAct, "silu");
  }

  int intermediateSize() {
    return MLP_RATIO * hiddenSize;
  }
}
