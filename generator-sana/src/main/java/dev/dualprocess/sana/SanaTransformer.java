package dev.dualprocess.sana;

import dev.dualprocess.nn.Adaptable;
import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.LayerNorm;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.nn.RmsNorm;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * G of Sana (arXiv 2410.10629), SANA 1.5 and SANA-Sprint: the velocity that moves latents from
 * noise to image. It has no position embedding; the convolutions in its blocks tell tokens where
 * they are.
 *
 * <p>B batch, C channels of the latents, L = h w tokens of p x p latents, Lt tokens of text, D
 * width.
 *
 * @param scaleShiftTable of the last norm, [2, D]
 * @param layers all that may take a LoRA, in the order of the forward pass
 */
record SanaTransformer(
    SanaTransformerConfig config,
    Conv2d patchEmbed,
    TimeEmbed timeEmbed,
    Linear captionProjection1,
    Linear captionProjection2,
    RmsNorm captionNorm,
    List<SanaBlock> transformerBlocks,
    LayerNorm normOut,
    Tensor scaleShiftTable,
    Linear projOut,
    List<Adaptable> layers,
    Blocks blocks) {
  private static final double NORM_OUT_EPS = 1e-6;
  private static final double CAPTION_EPS = 1e-5;
  private static final double UNSEEN = -10_000; // added to the score of a token that is not there

  /** What a new LoRA covers: both attentions and the feed-forward part of every block. */
  private static final Pattern TRAINED =
      Pattern.compile(
          "transformer_blocks\\.\\d+\\."
              + "(attn[12]\\.(to_[qkv]|to_out\\.0)|ff\\.conv_(inverted|depth|point))");

  /** Reads the model; the weights' owner owns its tensors. */
  static SanaTransformer load(Weights weights, SanaTransformerConfig config, Blocks blocks) {
    AdaptableLayers layers = new AdaptableLayers();
    long dim = config.innerDim();
    long patch = config.patchSize();
    Weights caption = weights.in("caption_projection");
    Weights each = weights.in("transformer_blocks");
    return new SanaTransformer(
        config,
        layers.convolution(
            Conv2d.load(
                weights.in("patch_embed").in("proj"), config.inChannels(), dim, patch, patch, 0)),
        TimeEmbed.load(layers, weights.in("time_embed"), config),
        layers.linear(caption.in("linear_1"), config.captionChannels(), dim),
        layers.linear(caption.in("linear_2"), dim, dim),
        RmsNorm.load(weights.in("caption_norm"), dim, CAPTION_EPS),
        IntStream.range(0, config.numLayers())
            .mapToObj(i -> SanaBlock.load(layers, each.in(i), config))
            .toList(),
        LayerNorm.plain(dim, NORM_OUT_EPS),
        weights.tensor("scale_shift_table", 2, dim),
        layers.linear(weights.in("proj_out"), dim, patch * patch * config.outChannels()),
        layers.all(),
        blocks);
  }

  /** The paths of the layers that a new LoRA covers. */
  Set<String> trained() {
    return layers.stream()
        .map(Adaptable::path)
        .filter(path -> TRAINED.matcher(path).matches())
        .collect(Collectors.toSet());
  }

  /** The velocity of a model that is not told of guidance. */
  Tensor forward(Tensor x, Tensor text, Tensor mask, Tensor t) {
    return forward(x, text, mask, t, null);
  }

  /**
   * The velocity v(x_t, t | text).
   *
   * @param x latents [B, C, p h, p w] in the model's dtype
   * @param text hidden states of the text encoder [B, Lt, J]
   * @param mask 1 where the text has a token, 0 elsewhere: [B, Lt]
   * @param t timestep, fp32 [B or 1]: 1000 (noise) to 0 (image), or 1 to 0 in SANA-Sprint
   * @param guidance scale as the model is told it, fp32 [B or 1], or null where it is not
   * @return [B, C, p h, p w]
   */
  Tensor forward(Tensor x, Tensor text, Tensor mask, Tensor t, @Nullable Tensor guidance) {
    long rows = x.size(2) / config.patchSize();
    TimeEmbed.Embedded time = timeEmbed.forward(t, guidance, x);
    Tensor caption = captionNorm.forward(project(text)); // [B, Lt, D]
    Tensor scores = scores(Ops.toLike(mask, x));
    Tensor h = patchEmbed.forward(x).flatten(2, 3).transpose(1, 2); // [B, L, D]
    for (SanaBlock block : transformerBlocks) {
      h =
          blocks.run(
              in -> block.forward(in[0], in[1], in[2], in[3], rows),
              h,
              time.modulation(),
              caption,
              scores);
    }
    return unpatch(projOut.forward(normed(h, time.c())), rows);
  }

  private Tensor project(Tensor text) {
    return captionProjection2.forward(Ops.geluTanh(captionProjection1.forward(text)));
  }

  private static Tensor scores(Tensor mask) { // [B, Lt] -> [B, 1, 1, Lt]
    return Ops.mul(Ops.add(mask.neg(), 1), UNSEEN).unsqueeze(1).unsqueeze(1);
  }

  /** The last norm: its table holds (shift, scale), c [B, D] is added to both. */
  private Tensor normed(Tensor h, Tensor c) {
    Tensor[] parts = Ops.chunk(scaleShiftTable.unsqueeze(0).add(c.unsqueeze(1)), 2, 1);
    return normOut.modulated(h, parts[1], parts[0]);
  }

  private Tensor unpatch(Tensor h, long rows) { // [B, L, p p C] -> [B, C, p h, p w]
    long patch = config.patchSize();
    long columns = h.size(1) / rows;
    return h.view(h.size(0), rows, columns, patch, patch, -1)
        .permute(0, 5, 1, 3, 2, 4)
        .reshape(h.size(0), -1, rows * patch, columns * patch);
  }
}
