package dev.dualprocess.qwen3vl;

import com.google.common.collect.ImmutableMap;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.nn.LayerNorm;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.qwen.Grid;
import dev.dualprocess.qwen.PatchEmbedding;
import dev.dualprocess.qwen.PatchMerger;
import dev.dualprocess.qwen.Patches;
import dev.dualprocess.qwen.VisionAttention;
import dev.dualprocess.qwen.VisionBlock;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.CachedTensors;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.vqa.ImageEncoder;
import dev.dualprocess.vqa.SeenImage;
import dev.dualprocess.weights.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The vision tower: pixels to image tokens, and to what deeper layers add to them.
 *
 * <pre>
 *   x = patchEmbed(patches) + positions
 *   x ← block(x)                                 over the whole image
 *   deepFeatures = deepstackMerger(x)            behind some of the blocks
 *   tokens = merger(x)
 * </pre>
 *
 * <p>The layout of the last grid is kept, because a distillation shows one size over and over.
 */
final class VisionTower implements ImageEncoder {
  private final VisionConfig config;
  private final PatchEmbedding patchEmbed;
  private final PositionTable posEmbed;
  private final List<VisionBlock> layers;
  private final Map<Integer, PatchMerger> deepstackMergers; // by the block they stand behind
  private final PatchMerger merger;
  private final Blocks blocks;
  private @Nullable VisionLayout layout;

  private VisionTower(VisionConfig config, Weights weights, Blocks blocks) {
    this.config = config;
    this.blocks = blocks;
    Weights each = weights.in("blocks");
    patchEmbed =
        PatchEmbedding.load(
            weights.in("patch_embed").in("proj"), config.patches(), config.hiddenSize(), true);
    posEmbed = PositionTable.load(weights.in("pos_embed"), config);
    layers = IntStream.range(0, config.depth()).mapToObj(i -> block(each.in(i))).toList();
    deepstackMergers = deepstackMergers(weights.in("deepstack_merger_list"));
    merger = merger(weights.in("merger"), config.hiddenSize());
  }

  static VisionTower load(Weights weights, VisionConfig config, Blocks blocks) {
    return new VisionTower(config, weights, blocks);
  }

  private VisionBlock block(Weights weights) {
    long dim = config.hiddenSize();
    long inner = config.intermediateSize();
    Linear fc1 = Linear.load(weights.in("mlp").in("linear_fc1"), dim, inner);
    return new VisionBlock(
        LayerNorm.load(weights.in("norm1"), dim, VisionConfig.NORM_EPS),
        VisionAttention.load(weights.in("attn"), dim, config.numHeads()),
        LayerNorm.load(weights.in("norm2"), dim, VisionConfig.NORM_EPS),
        x -> Ops.geluTanh(fc1.forward(x)),
        Linear.load(weights.in("mlp").in("linear_fc2"), inner, dim),
        blocks);
  }

  private Map<Integer, PatchMerger> deepstackMergers(Weights weights) {
    ImmutableMap.Builder<Integer, PatchMerger> mergers = ImmutableMap.builder();
    List<Integer> behind = config.deepstackVisualIndexes();
    for (int i = 0; i < behind.size(); i++) {
      mergers.put(behind.get(i), merger(weights.in(i), square()));
    }
    return mergers.build();
  }

  /** Width of the patches of an image token side by side. */
  private long square() {
    return config.hiddenSize() * config.patches().merged();
  }

  private PatchMerger merger(Weights weights, long normed) {
    return new PatchMerger(
        LayerNorm.load(weights.in("norm"), normed, VisionConfig.NORM_EPS),
        normed,
        square(),
        Linear.load(weights.in("linear_fc1"), square(), square()),
        Linear.load(weights.in("linear_fc2"), square(), config.outHiddenSize()),
        blocks);
  }

  @Override
  public SeenImage encode(Tensor pixels) {
    Grid grid = Grid.of(Pixels.sizeOf(pixels), config.patches());
    VisionLayout where = layoutOf(grid);
    Tensor[] seen = Memory.scopedAll(() -> forward(pixels, where));
    return new SeenImage(seen[0], grid, Arrays.asList(seen).subList(1, seen.length));
  }

  /** pixels fp32 [1, 3, H, W] to image tokens [tokens, out], then deep features of that shape. */
  private Tensor[] forward(Tensor pixels, VisionLayout where) {
    List<Tensor> deepFeatures = new ArrayList<>();
    Tensor patches = Patches.of(pixels, where.grid(), config.patches());
    Tensor x = patchEmbed.forward(patches).add(where.positions());
    for (int i = 0; i < layers.size(); i++) {
      VisionBlock layer = layers.get(i);
      x = blocks.run(in -> layer.forward(in, where.whole(), where.rope()), x);
      PatchMerger deeper = deepstackMergers.get(i);
      if (deeper != null) {
        deepFeatures.add(blocks.run(deeper::forward, x));
      }
    }
    deepFeatures.add(0, blocks.run(merger::forward, x));
    return deepFeatures.toArray(Tensor[]::new);
  }

  private VisionLayout layoutOf(Grid grid) {
    if (layout == null || !layout.grid().equals(grid)) {
      close();
      layout = VisionLayout.of(grid, config, posEmbed);
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
