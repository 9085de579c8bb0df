package dev.dualprocess.flux;

import com.google.common.collect.ImmutableList;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.weights.Weights;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * G of FLUX.1: the velocity that moves packed latents from noise to image. Text and image tokens
 * pass through double-stream blocks, then together through single-stream blocks.
 *
 * <p>B batch, Li image tokens, Lt text tokens, C channels of a token, D width.
 */
record FluxTransformer(
    FluxTransformerConfig config,
    TimeTextEmbed timeTextEmbed,
    Linear contextEmbedder,
    Linear xEmbedder,
    List<DoubleStreamBlock> transformerBlocks,
    List<SingleStreamBlock> singleTransformerBlocks,
    AdaLayerNorm normOut,
    Linear projOut,
    List<Linear> linears,
    Blocks blocks) {

  /** What a new LoRA covers: the attention of all blocks, the MLPs of the double-stream blocks. */
  private static final Pattern TRAINED =
      Pattern.compile(
          "transformer_blocks\\.\\d+\\."
              + "(attn\\.(to_[qkv]|to_out\\.0|add_[qkv]_proj|to_add_out)"
              + "|ff(_context)?\\.net\\.(0\\.proj|2))"
              + "|single_transformer_blocks\\.\\d+\\.attn\\.to_[qkv]");

  /** Reads the model; the weights' owner owns its tensors. */
  static FluxTransformer load(Weights weights, FluxTransformerConfig config, Blocks blocks) {
    Linears linears = new Linears();
    long dim = config.innerDim();
    long out = (long) config.patchSize() * config.patchSize() * config.outChannels();
    Weights doubles = weights.in("transformer_blocks");
    Weights singles = weights.in("single_transformer_blocks");
    return new FluxTransformer(
        config,
        TimeTextEmbed.load(linears, weights.in("time_text_embed"), config),
        linears.load(weights.in("context_embedder"), config.jointAttentionDim(), dim),
        linears.load(weights.in("x_embedder"), config.inChannels(), dim),
        each(
            config.numLayers(),
            i -> DoubleStreamBlock.load(linears, doubles.in(i), config, blocks)),
        each(
            config.numSingleLayers(),
            i -> SingleStreamBlock.load(linears, singles.in(i), config, blocks)),
        AdaLayerNorm.load(linears, weights.in("norm_out"), dim, 2),
        linears.load(weights.in("proj_out"), dim, out),
        linears.all(),
        blocks);
  }

  private static <T> List<T> each(int n, IntFunction<T> load) {
    return IntStream.range(0, n).mapToObj(load).collect(ImmutableList.toImmutableList());
  }

  /** The paths of the layers that a new LoRA covers. */
  Set<String> trained() {
    return linears.stream()
        .map(Linear::path)
        .filter(path -> TRAINED.matcher(path).matches())
        .collect(Collectors.toSet());
  }

  /**
   * The velocity v(x_t, t | text).
   *
   * @param img packed latents [B, Li, C] in the model's dtype
   * @param txt text embeddings [B or 1, Lt, J]
   * @param pooled pooled text embedding [B or 1, P]
   * @param t time 1 (noise) to 0 (image), fp32 [B or 1]
   * @param guidance fp32 [B or 1], or null where the model takes none
   * @param rope of the text and image positions
   * @return [B, Li, C]
   */
  Tensor forward(
      Tensor img, Tensor txt, Tensor pooled, Tensor t, @Nullable Tensor guidance, Rope rope) {
    Tensor c = timeTextEmbed.forward(t, guidance, pooled); // [B or 1, D]
    Tensor text = contextEmbedder.forward(txt).expand(img.size(0), -1, -1);
    Streams s = new Streams(text, xEmbedder.forward(img));
    for (DoubleStreamBlock block : transformerBlocks) {
      s = run(block, s, c, rope);
    }
    Tensor x = s.joined(); // [B, Lt + Li, D]
    long tokens = img.size(1);
    for (int i = 0; i < singleTransformerBlocks.size(); i++) {
      boolean last = i == singleTransformerBlocks.size() - 1;
      x = run(singleTransformerBlocks.get(i), x, c, rope, last ? tokens : x.size(1));
    }
    return projOut.forward(normOut.forward(x.narrow(1, x.size(1) - tokens, tokens), c));
  }

  private Streams run(DoubleStreamBlock block, Streams s, Tensor c, Rope rope) {
    Tensor[] next =
        Memory.scopedAll(
            () -> {
              Tensor[] y =
                  blocks.runAll(
                      in -> block.forward(new Streams(in[0], in[1]), in[2], rope).both(),
                      s.txt(),
                      s.img(),
                      c);
              return new Tensor[] {Fp16.clipped(y[0]), y[1]};
            });
    return new Streams(next[0], next[1]);
  }

  private Tensor run(SingleStreamBlock block, Tensor x, Tensor c, Rope rope, long wanted) {
    return Memory.scoped(
        () -> Fp16.clipped(blocks.run(in -> block.forward(in[0], in[1], rope, wanted), x, c)));
  }
}
