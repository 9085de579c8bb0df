package dev.dualprocess.flux;

import com.google.common.collect.ImmutableList;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.weights.Weights;

/**
 * What happens at the coarsest resolution: a residual block, attention if any, a residual block.
 */
final class MidBlock {
  private MidBlock() {}

  /** The layers in order. */
  static ImmutableList<Layer> load(Weights mid, AutoencoderKlConfig config, Blocks blocks) {
    long channels = config.widest();
    long groups = config.normNumGroups();
    ImmutableList.Builder<Layer> layers = ImmutableList.builder();
    layers.add(ResnetBlock.load(mid.in("resnets").in(0), channels, channels, groups, blocks));
    if (config.midBlockAddAttention()) {
      SpatialAttention attention =
          SpatialAttention.load(mid.in("attentions").in(0), channels, groups);
      layers.add(x -> blocks.run(attention::forward, x));
    }
    layers.add(ResnetBlock.load(mid.in("resnets").in(1), channels, channels, groups, blocks));
    return layers.build();
  }
}
