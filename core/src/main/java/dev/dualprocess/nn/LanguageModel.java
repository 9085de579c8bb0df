package dev.dualprocess.nn;

import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A causal language model as Llama, Mistral, Qwen2 and Qwen3 have it: embeddings to logits.
 *
 * <pre>
 *   x ← layer(x)                                 and, with a {@link DeepStack}, what it adds
 *   logits = lmHead(norm(x))
 * </pre>
 *
 * @param embedTokens the vectors of the tokens
 * @param layers in their order
 * @param norm before the head
 * @param lmHead to the vocabulary
 * @param blocks what the layers are run with
 */
public record LanguageModel(
    Embedding embedTokens, List<DecoderLayer> layers, RmsNorm norm, Linear lmHead, Blocks blocks) {
  /** Where the head is stored, if it is not the embedding table. */
  public static final String HEAD_KEY = "lm_head.weight";

  /** The layers are not changed afterwards. */
  public LanguageModel {
    layers = List.copyOf(layers);
  }

  /**
   * Reads the model and, unless it is tied, {@value #HEAD_KEY}.
   *
   * @param weights of the whole checkpoint
   * @param model the part that holds {@code embed_tokens}, {@code layers} and {@code norm}
   * @param blocks what the layers are run with
   */
  public static LanguageModel load(
      Weights weights, Weights model, LanguageModelShape shape, Blocks blocks) {
    Weights layers = model.in("layers");
    Weights head = weights.in("lm_head");
    long dim = shape.dim();
    Embedding embedTokens = Embedding.load(model.in("embed_tokens"), shape.vocabulary(), dim);
    return new LanguageModel(
        embedTokens,
        IntStream.range(0, shape.layers())
            .mapToObj(i -> DecoderLayer.load(layers.in(i), shape, blocks))
            .toList(),
        RmsNorm.load(model.in("norm"), dim, shape.eps()),
        shape.tied()
            ? new Linear(head.path(), embedTokens.weight(), null)
            : Linear.loadWithoutBias(head, dim, shape.vocabulary()),
        blocks);
  }

  /** x [..., L, D] to the last hidden states [..., L, D]. */
  public Tensor hidden(Tensor x, RotaryEmbedding rope) {
    return hidden(x, rope, List.of());
  }

  /**
   * The last hidden states of tokens that follow others: x [..., L, D] to the same shape.
   *
   * @param before what each layer knows of the tokens before; empty if there are none
   */
  public Tensor hidden(Tensor x, RotaryEmbedding rope, List<KeysValues> before) {
    return hidden(x, rope, before, DeepStack.NONE);
  }

  /** The same with what is added to some of the tokens x. */
  public Tensor hidden(
      Tensor x, RotaryEmbedding rope, List<KeysValues> before, DeepStack deepStack) {
    Tensor h = x;
    for (int i = 0; i < layers.size(); i++) {
      Tensor y = run(layers.get(i), h, rope, before.isEmpty() ? null : before.get(i));
      h = deepStack.after(i, y);
    }
    return h;
  }

  private Tensor run(
      DecoderLayer layer, Tensor x, RotaryEmbedding rope, @Nullable KeysValues before) {
    if (before == null) {
      return blocks.run(
          in -> layer.forward(in[0], new RotaryEmbedding(in[1], in[2]), null),
          x,
          rope.cos(),
          rope.sin());
    }
    return blocks.run(
        in -> layer.forward(in[0], new RotaryEmbedding(in[1], in[2]), new KeysValues(in[3], in[4])),
        x,
        rope.cos(),
        rope.sin(),
        before.keys(),
        before.values());
  }

  /**
   * The last hidden states of tokens that follow those in the cache, which they join; without
   * gradient.
   */
  public Tensor hidden(Tensor x, RotaryEmbedding rope, KeyValueCache cache) {
    return hidden(x, rope, cache, DeepStack.NONE);
  }

  /** The same with what is added to some of the tokens x. */
  public Tensor hidden(Tensor x, RotaryEmbedding rope, KeyValueCache cache, DeepStack deepStack) {
    Tensor h = x;
    for (int i = 0; i < layers.size(); i++) {
      int layer = i;
      Past past = cache.layer(i);
      Tensor before = h;
      h =
          Memory.scoped(
              () -> deepStack.after(layer, layers.get(layer).forward(before, rope, past)));
    }
    return h;
  }

  /** Logits of some of the hidden states: [L, D] to [positions, vocabulary]. */
  public Tensor logits(Tensor hidden, long... positions) {
    return lmHead.forward(norm.forward(rows(hidden, positions)));
  }

  /**
   * Those rows of h; neighbours, as an answer's are, need no copy of their numbers to the device.
   */
  private static Tensor rows(Tensor h, long[] positions) {
    int count = positions.length;
    if (count > 0
        && IntStream.range(0, count).allMatch(i -> positions[i] == positions[0] + i)
        && positions[0] >= 0
        && positions[0] + count <= h.size(0)) {
      return h.narrow(0, positions[0], count);
    }
    Tensor index = Ops.longs(positions, count);
    return h.index_select(0, index.to(h.device(), index.scalar_type()));
  }
}
