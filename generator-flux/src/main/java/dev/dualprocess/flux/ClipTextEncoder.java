package dev.dualprocess.flux;

import com.google.common.collect.ImmutableList;
import dev.dualprocess.nn.Embedding;
import dev.dualprocess.nn.LayerNorm;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** CLIP's text model (arXiv 2103.00020), of which FLUX.1 takes the end-of-text position. */
record ClipTextEncoder(
    ClipTextConfig config,
    Embedding tokenEmbedding,
    Embedding positionEmbedding,
    List<ClipLayer> layers,
    LayerNorm finalLayerNorm) {
  private static final String PREFIX = "text_model.";

  /** Of a whole CLIP: what compares texts with images, which FLUX.1 does not. */
  private static final Set<String> PASSED_OVER =
      Set.of("embeddings.position_ids", "text_projection.weight", "logit_scale");

  /** Reads the model; the weights' owner owns its tensors. */
  static ClipTextEncoder load(Weights weights, ClipTextConfig config) {
    Weights embeddings = weights.in("embeddings");
    Weights layers = weights.in("encoder").in("layers");
    long dim = config.hiddenSize();
    return new ClipTextEncoder(
        config,
        Embedding.load(embeddings.in("token_embedding"), config.vocabSize(), dim),
        Embedding.load(embeddings.in("position_embedding"), config.maxPositionEmbeddings(), dim),
        IntStream.range(0, config.numHiddenLayers())
            .mapToObj(i -> ClipLayer.load(layers.in(i), config))
            .collect(ImmutableList.toImmutableList()),
        LayerNorm.load(weights.in("final_layer_norm"), dim, config.layerNormEps()));
  }

  /**
   * The name this model asks for, of a stored one: older writers put {@code text_model.} before all
   * names, store the numbers 0, 1, 2 ... as a tensor, or have a projection that is not used. Null
   * for what is passed over.
   */
  static @Nullable String rename(String key) {
    String name = key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : key;
    return PASSED_OVER.contains(name) ? null : name;
  }

  /** ids int64 [B, L] to [B, L, D]; each token sees those before it. */
  Tensor forward(Tensor ids) {
    Tensor positions = positionEmbedding.weight().narrow(0, 0, ids.size(1));
    Tensor x = tokenEmbedding.forward(ids).add(positions);
    for (ClipLayer layer : layers) {
      Tensor before = x;
      x = Memory.scoped(() -> layer.forward(before));
    }
    return finalLayerNorm.forward(x);
  }

  /** The hidden state at the end of each text: hidden [B, L, D], ids [B, L] to [B, D]. */
  Tensor pooled(Tensor hidden, Tensor ids) {
    int length = Math.toIntExact(ids.size(1));
    long[] all = Ops.toLongs(ids);
    Tensor[] ends = new Tensor[all.length / length];
    for (int text = 0; text < ends.length; text++) {
      ends[text] = hidden.select(0, text).narrow(0, end(all, text * length, length), 1);
    }
    return Ops.cat(0, ends);
  }

  /** The first end-of-text among {@code length} ids, counted from {@code from}; else 0. */
  private int end(long[] ids, int from, int length) {
    int end = 0;
    for (int i = 1; i < length; i++) {
      boolean better =
          config.endIsHighestId()
              ? ids[from + i] > ids[from + end]
              : ids[from + i] == config.eosTokenId() && ids[from + end] != config.eosTokenId();
      end = better ? i : end;
    }
    return end;
  }
}
