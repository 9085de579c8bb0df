package dev.dualprocess.flux;

import com.google.common.collect.ImmutableList;
import dev.dualprocess.nn.Embedding;
import dev.dualprocess.nn.RmsNorm;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.weights.Weights;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** The encoder of T5 (arXiv 1910.10683), whose every position is FLUX.1's text. */
record T5Encoder(
    Embedding shared,
    RelativePositionBias relativeAttentionBias,
    List<T5Block> block,
    RmsNorm finalLayerNorm) {
  private static final String SHARED = "shared.weight";
  private static final String EMBED_TOKENS = "encoder.embed_tokens.weight";

  /** Reads the model; the weights' owner owns its tensors. */
  static T5Encoder load(Weights weights, T5Config config) {
    Weights encoder = weights.in("encoder");
    Weights blocks = encoder.in("block");
    return new T5Encoder(
        Embedding.load(weights.in("shared"), config.vocabSize(), config.dModel()),
        RelativePositionBias.load(blocks.in(0).in("layer").in(0).in("SelfAttention"), config),
        IntStream.range(0, config.numLayers())
            .mapToObj(i -> T5Block.load(blocks.in(i), config))
            .collect(ImmutableList.toImmutableList()),
        RmsNorm.load(encoder.in("final_layer_norm"), config.dModel(), config.layerNormEpsilon()));
  }

  /**
   * The name this model asks for, of a stored one: the embedding may be stored as {@code
   * encoder.embed_tokens}, or twice. Null for what is passed over.
   */
  static @Nullable String rename(String key, Set<String> all) {
    if (!key.equals(EMBED_TOKENS)) {
      return key;
    }
    return all.contains(SHARED) ? null : SHARED;
  }

  /** ids int64 [B, L] to [B, L, D]. Every token sees every other, padding too. */
  Tensor forward(Tensor ids) {
    Tensor bias = relativeAttentionBias.forward(Math.toIntExact(ids.size(1)));
    Tensor x = shared.forward(ids);
    for (T5Block b : block) {
      Tensor before = x;
      x = Memory.scoped(() -> b.forward(before, bias));
    }
    return finalLayerNorm.forward(x);
  }
}
