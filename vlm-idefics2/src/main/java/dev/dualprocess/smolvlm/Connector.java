package dev.dualprocess.smolvlm;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * Patches to image tokens: every square of s x s neighbours becomes one token (pixel shuffle, arXiv
 * 1609.05158, the other way round), and one linear map.
 *
 * <pre>
 *   x[r, c, (i s + j) E + e] = patches[r s + i, c s + j, e]
 *   tokens = proj x
 * </pre>
 */
record Connector(Linear proj, int scale, Blocks blocks) implements Layer {
  static Connector load(Weights weights, SmolVlmConfig config, Blocks blocks) {
    int scale = config.scaleFactor();
    return new Connector(
        Linear.loadWithoutBias(
            weights.in("modality_projection").in("proj"),
            (long) scale * scale * config.vision().hiddenSize(),
            config.text().hiddenSize()),
        scale,
        blocks);
  }

  /** patches [n n, E] of a square grid to image tokens [n / s · n / s, D]. */
  @Override
  public Tensor forward(Tensor patches) {
    return blocks.run(x -> proj.forward(shuffled(x)), patches);
  }

  private Tensor shuffled(Tensor patches) {
    long side = Math.round(Math.sqrt((double) patches.size(0))) / scale;
    return patches
        .view(side, scale, side, scale, -1)
        .permute(0, 2, 1, 3, 4)
        .reshape(side * side, -1);
  }
}
