package dev.dualprocess.qwen25vl;

import dev.dualprocess.image.Pixels;
import dev.dualprocess.nn.GatedMlp;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.nn.RmsNorm;
import dev.dualprocess.qwen.Grid;
import dev.dualprocess.qwen.PatchEmbedding;
import dev.dualprocess.qwen.PatchMerger;
import dev.dualprocess.qwen.Patches;
import dev.dualprocess.qwen.Segment;
import dev.dualprocess.qwen.VisionAttention;
import dev.dualprocess.qwen.VisionBlock;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.CachedTensors;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.ImageEncoder;
import dev.dualprocess.vqa.SeenImage;
import dev.dualprocess.weights.Weights;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The vision tower: pixels to image tokens.
 *
 * <pre>
 *   x = patchEmbed(patches)                      in the order of the windows
 *   x ← block(x)                                 within windows, or over the whole image
 *   tokens = merger(x)                           back in the grid's order
 * </pre>
 *
 * <p>The layout of the last grid is kept, because a distillation shows one size over and over.
 */
final class VisionTower implements ImageEncoder {
  private final VisionConfig config;
  private final Placement placement;
  private final PatchEmbedding patchEmbed;
  private final List<VisionBlock> layers;
  private final Blocks blocks;
  private final PatchMerger merger;
  private @Nullable VisionLayout layout;

  private VisionTower(
      VisionConfig config,
      Placement placement,
      PatchEmbedding patchEmbed,
      List<VisionBlock> layers,
      PatchMerger merger,
      Blocks blocks) {
    this.config = config;
    this.placement = placement;
    this.patchEmbed = patchEmbed;
    this.layers = layers;
    this.blocks = blocks;
    this.merger = merger;
  }

  static VisionTower load(Weights weights, VisionConfig config, Blocks blocks) {
    Weights each = weights.in("blocks");
    Weights patchEmbed = weights.in("patch_embed").in("proj");
    return new VisionTower(
        config,
        weights.placement(),
        PatchEmbedding.load(patchEmbed, config.patches(), config.hiddenSize(), false),
        IntStream.range(0, config.depth())
            .mapToObj(i -> block(each.in(i), config, blocks))
            .toList(),
        merger(weights.in("merger"), config, blocks),
        blocks);
  }

  private static VisionBlock block(Weights weights, VisionConfig config, Blocks blocks) {
    long dim = config.hiddenSize();
    GatedMlp mlp = GatedMlp.load(weights.in("mlp"), dim, config.intermediateSize(), dim);
    return new VisionBlock(
        RmsNorm.load(weights.in("norm1"), dim, VisionConfig.NORM_EPS),
        VisionAttention.load(weights.in("attn"), dim, config.numHeads()),
        RmsNorm.load(weights.in("norm2"), dim, VisionConfig.NORM_EPS),
        mlp::inner,
        mlp.downProj(),
        blocks);
  }

  private static PatchMerger merger(Weights weights, VisionConfig config, Blocks blocks) {
    long dim = config.hiddenSize();
    long square = dim * config.patches().merged();
    return new PatchMerger(
        RmsNorm.load(weights.in("ln_q"), dim, VisionConfig.NORM_EPS),
        dim,
        square,
        Linear.load(weights.in("mlp").in(0), square, square),
        Linear.load(weights.in("mlp").in(2), square, config.outHiddenSize()),
        blocks);
  }

  @Override
  public SeenImage encode(Tensor pixels) {
    Grid grid = Grid.of(Pixels.sizeOf(pixels), config.patches());
    return new SeenImage(forward(pixels, grid), grid);
  }

  /**
   * pixels fp32 [B, 3, H, W] of B images of one grid to image tokens [B tokens, out]; the result
   * belongs to the caller's scope.
   */
  Tensor forward(Tensor pixels, Grid grid) {
    VisionLayout where = layoutOf(grid, Math.toIntExact(pixels.size(0)));
    return Memory.scoped(
        () -> {
          Tensor x = embed(Patches.of(pixels, grid, config.patches()), where);
          for (int i = 0; i < layers.size(); i++) {
            x = block(i, x, where);
          }
          return where.fromWindows(blocks.run(merger::forward, x));
        });
  }

  /** Linear in each patch; [N, C T p p] to [N, D], window by window. */
  private Tensor embed(Tensor patches, VisionLayout where) {
    Tensor x = patchEmbed.forward(patches);
    Tensor squares = x.view((long) where.batch() * where.grid().tokens(), -1);
    return where.toWindows(squares).view(-1, config.hiddenSize());
  }

  private Tensor block(int i, Tensor x, VisionLayout where) {
    List<Segment> segments = config.attendsWhole(i) ? where.whole() : where.windowed();
    return blocks.run(in -> layers.get(i).forward(in, segments, where.rope()), x);
  }

  private VisionLayout layoutOf(Grid grid, int batch) {
    if (layout == null || !layout.grid().equals(grid) || layout.batch() != batch) {
      close();
      layout = VisionLayout.of(grid, batch, config, placement);
    }
    return layout;
  }

  /** Frees the layout; the weights belong to whoever loaded them. */
  @Override
  public void close() {
    if (layout != null) {
      CachedTensors.freed();
      layout.close();
      layout = null;
    }
  }
}
