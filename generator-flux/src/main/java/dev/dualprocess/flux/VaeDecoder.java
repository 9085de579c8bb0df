package dev.dualprocess.flux;

import com.google.common.collect.ImmutableList;
import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.GroupNorm;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Latents to pixels: widest at the coarsest resolution, then residual blocks and an upsampling for
 * each finer one.
 *
 * @param layers mid block, residual blocks and upsamplings, in order
 */
record VaeDecoder(Conv2d convIn, List<Layer> layers, NormSiluConv out, Blocks blocks)
    implements Layer {
  static VaeDecoder load(Weights weights, AutoencoderKlConfig config, Blocks blocks) {
    List<Integer> widths = ImmutableList.copyOf(config.blockOutChannels()).reverse();
    long groups = config.normNumGroups();
    long finest = widths.get(widths.size() - 1);
    ImmutableList.Builder<Layer> layers = ImmutableList.builder();
    layers.addAll(MidBlock.load(weights.in("mid_block"), config, blocks));
    long width = config.widest();
    for (int i = 0; i < widths.size(); i++) {
      Weights up = weights.in("up_blocks").in(i);
      for (int j = 0; j <= config.layersPerBlock(); j++) {
        layers.add(ResnetBlock.load(up.in("resnets").in(j), width, widths.get(i), groups, blocks));
        width = widths.get(i);
      }
      if (i < widths.size() - 1) {
        Conv2d conv = Conv2d.load(up.in("upsamplers").in(0).in("conv"), width, width, 3, 1, 1);
        layers.add(upsampling(conv, blocks));
      }
    }
    return new VaeDecoder(
        Conv2d.load(weights.in("conv_in"), config.latentChannels(), config.widest(), 3, 1, 1),
        layers.build(),
        new NormSiluConv(
            GroupNorm.load(weights.in("conv_norm_out"), groups, finest, ResnetBlock.EPS),
            Conv2d.load(weights.in("conv_out"), finest, config.outChannels(), 3, 1, 1)),
        blocks);
  }

  private static Layer upsampling(Conv2d conv, Blocks blocks) {
    return x -> blocks.run(in -> blocks.last(conv, Ops.upsampleNearest2x(in)), x);
  }

  /** z [B, latent channels, h, w] to [B, colours, f h, f w]. */
  @Override
  public Tensor forward(Tensor z) {
    Tensor x = convIn.forward(z);
    for (Layer layer : layers) {
      Tensor before = x;
      x = Memory.scoped(() -> layer.forward(before));
    }
    return blocks.run(in -> blocks.last(out, in), x);
  }
}
