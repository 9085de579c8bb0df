package dev.dualprocess.sana;

import dev.dualprocess.nn.Embedding;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Gemma-2 (arXiv 2408.00118) without its head: its last hidden states are Sana's text.
 *
 * <pre>
 *   x = embedTokens(ids) · √D
 *   x ← layer(x)
 *   norm(x)
 * </pre>
 */
record Gemma2TextEncoder(
    Gemma2Config config, Embedding embedTokens, List<Gemma2Layer> layers, Gemma2RmsNorm norm) {
  private static final String BASE = "model.";
  private static final String HEAD = "lm_head.weight";

  Gemma2TextEncoder {
    layers = List.copyOf(layers);
  }

  /** Reads the model; the weights' owner owns its tensors. */
  static Gemma2TextEncoder load(Weights weights, Gemma2Config config) {
    Weights layers = weights.in("layers");
    return new Gemma2TextEncoder(
        config,
        Embedding.load(weights.in("embed_tokens"), config.vocabSize(), config.hiddenSize()),
        IntStream.range(0, config.numHiddenLayers())
            .mapToObj(i -> Gemma2Layer.load(layers.in(i), config))
            .toList(),
        Gemma2RmsNorm.load(weights.in("norm"), config));
  }

  /**
   * The name this model asks for, of a stored one: a whole language model has a prefix before it,
   * and a head that is passed over (null).
   */
  static @Nullable String rename(String key) {
    if (key.equals(HEAD)) {
      return null;
    }
    return key.startsWith(BASE) ? key.substring(BASE.length()) : key;
  }

  /**
   * ids and mask int64 [B, L], the mask 1 for text and 0 for padding, to [B, L, D]. Each token sees
   * itself and the text before it, in sliding layers no further back than the window.
   */
  Tensor forward(Tensor ids, Tensor mask) {
    Tensor embedded = embedTokens.forward(ids);
    // √D is rounded to the dtype of the model, with which it was trained.
    Tensor root = Ops.floats(new float[] {(float) Math.sqrt(config.hiddenSize())}, 1);
    Tensor x = embedded.mul(Ops.toLike(root, embedded));
    Tensor positions = Ops.arange(ids.size(1), x.device());
    RotaryEmbedding rope = rope(positions);
    Tensor hidden = hidden(positions, mask.to(x.device(), mask.scalar_type()), Long.MAX_VALUE);
    Tensor hiddenBySliding =
        config.slidingWindow() == null
            ? hidden
            : hidden(positions, mask.to(x.device(), mask.scalar_type()), config.slidingWindow());
    for (int i = 0; i < layers.size(); i++) {
      Gemma2Layer layer = layers.get(i);
      Tensor before = x;
      Tensor unseen = config.sliding(i) ? hiddenBySliding : hidden;
      x = Memory.scoped(() -> layer.forward(before, rope, unseen));
    }
    return norm.forward(x);
  }

  private RotaryEmbedding rope(Tensor positions) {
    Tensor frequencies = RotaryEmbedding.inverseFrequencies(config.headDim(), config.ropeTheta());
    Tensor steps = Ops.toFloat(positions).unsqueeze(1); // [L, 1]
    return RotaryEmbedding.ofAngles(steps.mul(Ops.toLike(frequencies, steps))); // [L, d/2]
  }

  /** Which tokens (last) a token (before it) does not see: bool [B, 1, 1, L, L]. */
  private static Tensor hidden(Tensor positions, Tensor mask, long window) {
    Tensor back = positions.unsqueeze(1).sub(positions.unsqueeze(0)); // [L, L], how far back
    Tensor padding = mask.eq(new Scalar(0L)).unsqueeze(1).unsqueeze(1).unsqueeze(1);
    return back.lt(new Scalar(0L)).logical_or(back.ge(new Scalar(window))).logical_or(padding);
  }
}
