package dev.dualprocess.sana;

import com.google.common.base.MoreObjects;
import dev.dualprocess.config.Counts;
import dev.dualprocess.config.Reals;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.RmsNorm;
import dev.dualprocess.weights.Weights;
import org.jspecify.annotations.Nullable;

/**
 * transformer/config.json of a Sana checkpoint. A field that is absent has the value diffusers
 * documents for it.
 *
 * @param inChannels channels of the latents (32)
 * @param outChannels channels of the output, must be {@code inChannels}
 * @param numAttentionHeads heads of the linear self-attention (70)
 * @param attentionHeadDim width of such a head (32)
 * @param numLayers blocks (20)
 * @param numCrossAttentionHeads heads of the attention to the text (20)
 * @param crossAttentionHeadDim width of such a head (112)
 * @param crossAttentionDim width of the projected text, must be that of the model
 * @param captionChannels width of the text encoder's hidden states (2304)
 * @param mlpRatio how many times as wide as the model the feed-forward part is inside (2.5)
 * @param attentionBias whether queries, keys and values of the self-attention have biases (false)
 * @param sampleSize latents along each side of the images the model was trained for (32)
 * @param patchSize latents along each side of a token (1)
 * @param normElementwiseAffine must be false
 * @param normEps of the layer norms (1e-6)
 * @param interpolationScale must be null: no position embedding
 * @param guidanceEmbeds whether the model is told the guidance scale (false)
 * @param guidanceEmbedsScale what the pipeline multiplies it by before (0.1)
 * @param qkNorm {@code rms_norm_across_heads}, or null for no norm of queries and keys
 * @param timestepScale what SanaPipeline multiplies timesteps by; that of SANA-Sprint does not (1)
 */
record SanaTransformerConfig(
    Integer inChannels,
    Integer outChannels,
    Integer numAttentionHeads,
    Integer attentionHeadDim,
    Integer numLayers,
    Integer numCrossAttentionHeads,
    Integer crossAttentionHeadDim,
    Integer crossAttentionDim,
    Integer captionChannels,
    Double mlpRatio,
    Boolean attentionBias,
    Integer sampleSize,
    Integer patchSize,
    Boolean normElementwiseAffine,
    Double normEps,
    @Nullable Double interpolationScale,
    Boolean guidanceEmbeds,
    Double guidanceEmbedsScale,
    @Nullable String qkNorm,
    Double timestepScale) {
  private static final String ACROSS_HEADS = "rms_norm_across_heads";
  private static final double QK_NORM_EPS = 1e-5;
  private static final int MOST_SAMPLE_SIZE = 1024; // latents along a side; the largest has 128

  /** Fills in what is absent and refuses what is not supported. */
  SanaTransformerConfig {
    inChannels = positive("in_channels", inChannels, 32);
    outChannels = positive("out_channels", outChannels, inChannels);
    numAttentionHeads = positive("num_attention_heads", numAttentionHeads, 70);
    attentionHeadDim = positive("attention_head_dim", attentionHeadDim, 32);
    numLayers = MoreObjects.firstNonNull(numLayers, 20);
    Counts.requireLayers("num_layers", numLayers);
    numCrossAttentionHeads = positive("num_cross_attention_heads", numCrossAttentionHeads, 20);
    crossAttentionHeadDim = positive("cross_attention_head_dim", crossAttentionHeadDim, 112);
    crossAttentionDim = positive("cross_attention_dim", crossAttentionDim, 2240);
    captionChannels = positive("caption_channels", captionChannels, 2304);
    sampleSize = positive("sample_size", sampleSize, 32);
    patchSize = positive("patch_size", patchSize, 1);
    mlpRatio = MoreObjects.firstNonNull(mlpRatio, 2.5);
    attentionBias = MoreObjects.firstNonNull(attentionBias, false);
    normElementwiseAffine = MoreObjects.firstNonNull(normElementwiseAffine, false);
    normEps = MoreObjects.firstNonNull(normEps, 1e-6);
    guidanceEmbeds = MoreObjects.firstNonNull(guidanceEmbeds, false);
    guidanceEmbedsScale = MoreObjects.firstNonNull(guidanceEmbedsScale, 0.1);
    timestepScale = MoreObjects.firstNonNull(timestepScale, 1.0);
    Counts.requireAtMost("sample_size", sampleSize, MOST_SAMPLE_SIZE);
    requireWidth("num_attention_heads", numAttentionHeads, "attention_head_dim", attentionHeadDim);
    requireWidth(
        "num_cross_attention_heads",
        numCrossAttentionHeads,
        "cross_attention_head_dim",
        crossAttentionHeadDim);
    int dim = numAttentionHeads * attentionHeadDim;
    if (crossAttentionDim != dim) {
      throw new IllegalArgumentException(
          "cross_attention_dim is %d, but num_attention_heads %d times attention_head_dim %d is %d"
              .formatted(crossAttentionDim, numAttentionHeads, attentionHeadDim, dim));
    }
    if (!(mlpRatio > 0) || !Double.isFinite(mlpRatio) || (long) (mlpRatio * dim) < 1) {
      throw new IllegalArgumentException("mlp_ratio is " + mlpRatio + ", which leaves no width");
    }
    Reals.requireEps("norm_eps", normEps);
    Counts.requireSize("mlp_ratio times cross_attention_dim", (long) (mlpRatio * dim));
    require("out_channels", outChannels, inChannels);
    require("norm_elementwise_affine", normElementwiseAffine, false);
    require("interpolation_scale", interpolationScale, null);
    if (qkNorm != null) {
      require("qk_norm", qkNorm, ACROSS_HEADS);
    }
    Reals.requirePositive("guidance_embeds_scale", guidanceEmbedsScale);
    Reals.requirePositive("timestep_scale", timestepScale);
  }

  private static void requireWidth(String field, int heads, String otherField, int headDim) {
    Counts.requireSize(field + " times " + otherField, (long) heads * headDim);
  }

  private static Integer positive(String field, @Nullable Integer value, int absent) {
    int given = MoreObjects.firstNonNull(value, absent);
    Counts.requireSize(field, given);
    return given;
  }

  private static void require(String field, @Nullable Object value, @Nullable Object supported) {
    if (value == null ? supported != null : !value.equals(supported)) {
      throw new IllegalArgumentException(
          "%s is %s; of this kind of model only %s is supported"
              .formatted(field, value, supported));
    }
  }

  /** The norm of queries or keys, of all heads together: [width]; nothing where there is none. */
  Layer norm(Weights weights, long width) {
    return qkNorm == null ? x -> x : RmsNorm.load(weights, width, QK_NORM_EPS);
  }

  /** Width of the model, D. */
  int innerDim() {
    return numAttentionHeads * attentionHeadDim;
  }

  /** Width of queries, keys and values of the attention to the text. */
  int crossInnerDim() {
    return numCrossAttentionHeads * crossAttentionHeadDim;
  }

  /** Width inside the feed-forward part, M. */
  int hiddenDim() {
    return (int) (mlpRatio * innerDim());
  }
}
