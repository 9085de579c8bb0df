package dev.dualprocess.idefics;

import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.LayerNorm;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.weights.Weights;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * The vision tower, SigLIP (arXiv 2303.15343) for images of any size.
 *
 * <pre>
 *   x = patchEmbedding(pixels) + positions
 *   x ← layer(x)
 *   y = postLayernorm(x)
 * </pre>
 *
 * @param patchEmbedding pixels to patches
 * @param positionEmbedding of patches
 * @param layers in their order
 * @param postLayernorm after them
 * @param blocks what the layers are run with
 */
public record VisionTower(
    Conv2d patchEmbedding,
    PositionTable positionEmbedding,
    List<VisionLayer> layers,
    LayerNorm postLayernorm,
    Blocks blocks)
    implements AutoCloseable {
  /** Reads the tower. */
  public static VisionTower load(Weights weights, VisionConfig config, Blocks blocks) {
    Weights embeddings = weights.in("embeddings");
    Weights layers = weights.in("encoder").in("layers");
    long dim = config.hiddenSize();
    int patch = config.patchSize();
    return new VisionTower(
        Conv2d.load(embeddings.in("patch_embedding"), config.numChannels(), dim, patch, patch, 0),
        PositionTable.load(embeddings.in("position_embedding"), config),
        IntStream.range(0, config.numHiddenLayers())
            .mapToObj(i -> VisionLayer.load(layers.in(i), config, blocks))
            .toList(),
        LayerNorm.load(weights.in("post_layernorm"), dim, config.layerNormEps()),
        blocks);
  }

  /**
   * pixels fp32 [1, 3, H, W], normalised, to patches [H / p · W / p, D] in row-major order, without
   * the pixels at the right and the bottom edge that fill no patch.
   */
  public Tensor forward(Tensor pixels) {
    Tensor x = embed(pixels);
    for (VisionLayer layer : layers) {
      x = blocks.run(layer::forward, x);
    }
    return postLayernorm.forward(x);
  }

  private Tensor embed(Tensor pixels) {
    return Memory.scoped(
        () -> {
          Tensor x = patchEmbedding.forward(pixels.to(patchEmbedding.dtype().scalarType()));
          int rows = Math.toIntExact(x.size(2)); // x [1, D, rows, columns]
          int columns = Math.toIntExact(x.size(3));
          Tensor patches = x.squeeze(0).flatten(1, -1).transpose(0, 1);
          return patches.add(positionEmbedding.of(rows, columns));
        });
  }

  /** Frees the positions that are kept; the weights belong to whoever loaded them. */
  @Override
  public void close() {
    positionEmbedding.close();
  }
}
