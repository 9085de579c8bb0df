package dev.dualprocess.qwen25vl;

import dev.dualprocess.nn.Embedding;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.nn.RmsNorm;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.weights.Weights;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * The language model: embeddings to logits.
 *
 * <pre>
 *   x ← layer(x)
 *   logits = lmHead(norm(x))
 * </pre>
 */
record LanguageModel(
    Embedding embedTokens, List<DecoderLayer> layers, RmsNorm norm, Linear lmHead) {
  /** Where the head is stored, if it is not the embedding table. */
  static final String HEAD_KEY = "lm_head.weight";

  /** Reads {@code model.*} and, unless it is tied, {@code lm_head}. */
  static LanguageModel load(Weights weights, TextConfig config) {
    Weights model = weights.in("model");
    Weights layers = model.in("layers");
    Weights head = weights.in("lm_head");
    long dim = config.hiddenSize();
    Embedding embedTokens = Embedding.load(model.in("embed_tokens"), config.vocabSize(), dim);
    return new LanguageModel(
        embedTokens,
        IntStream.range(0, config.numHiddenLayers())
            .mapToObj(i -> DecoderLayer.load(layers.in(i), config))
            .toList(),
        RmsNorm.load(model.in("norm"), dim, config.rmsNormEps()),
        config.tieWordEmbeddings()
            ? new Linear(head.path(), embedTokens.weight(), null)
            : Linear.loadWithoutBias(head, dim, config.vocabSize()));
  }

  /**
   * x [L, D] to the last hidden states [L, D]; the cache as in {@link DecoderAttention#forward}.
   */
  Tensor hidden(Tensor x, RotaryEmbedding rope, KeyValueCache cache) {
    Tensor h = x;
    for (int i = 0; i < layers.size(); i++) {
      h = layer(i, h, rope, cache);
    }
    return h;
  }

  private Tensor layer(int i, Tensor x, RotaryEmbedding rope, KeyValueCache cache) {
    return Memory.scoped(() -> layers.get(i).forward(x, rope, cache, i));
  }

  /** Hidden states [rows, D] to logits [rows, vocabulary]. */
  Tensor logits(Tensor hidden) {
    return lmHead.forward(norm.forward(hidden));
  }
}
