package dev.dualprocess.idefics2;

import dev.dualprocess.nn.GatedMlp;
import dev.dualprocess.nn.GroupedQueryAttention;
import dev.dualprocess.nn.RmsNorm;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * One layer of the resampler: the latents look at the patches and at each other.
 *
 * <pre>
 *   z̃ = inputLatentsNorm z
 *   z ← z + selfAttn(z̃, [inputContextNorm x; z̃])
 *   z ← z + mlp(postAttentionLayernorm z)
 * </pre>
 */
record PerceiverLayer(
    RmsNorm inputLatentsNorm,
    RmsNorm inputContextNorm,
    GroupedQueryAttention selfAttn,
    RmsNorm postAttentionLayernorm,
    GatedMlp mlp,
    Blocks blocks) {
  static PerceiverLayer load(Weights weights, PerceiverConfig config, Blocks blocks) {
    long dim = config.hiddenSize();
    double eps = config.rmsNormEps();
    return new PerceiverLayer(
        RmsNorm.load(weights.in("input_latents_norm"), dim, eps),
        RmsNorm.load(weights.in("input_context_norm"), dim, eps),
        GroupedQueryAttention.load(
            weights.in("self_attn"),
            dim,
            config.resamplerNHeads(),
            config.numKeyValueHeads(),
            config.resamplerHeadDim(),
            /* qkvBias= */ false),
        RmsNorm.load(weights.in("post_attention_layernorm"), dim, eps),
        GatedMlp.loadWithoutBias(weights.in("mlp"), dim, config.intermediateSize(), dim),
        blocks);
  }

  /** z [latents, D] and x [N, D] to [latents, D]. */
  Tensor forward(Tensor z, Tensor x) {
    Tensor latents = inputLatentsNorm.forward(z);
    Tensor seen = Ops.cat(0, inputContextNorm.forward(x), latents);
    Tensor h = z.add(selfAttn.cross(latents, seen));
    Tensor u = mlp.inner(postAttentionLayernorm.forward(h));
    return h.add(blocks.last(mlp.downProj(), u));
  }
}
