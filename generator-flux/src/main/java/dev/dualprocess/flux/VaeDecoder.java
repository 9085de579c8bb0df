package dev.dualprocess.flux;

import com.google.common.collect.ImmutableList;
import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.GroupNorm;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.recompute.Ending;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Vjp;
import dev.dualprocess.weights.Weights;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Latents to pixels: widest at the coarsest resolution, then residual blocks and an upsampling for
 * each finer one.
 *
 * @param blocks mid block, residual blocks and upsamplings, in order
 */
record VaeDecoder(Conv2d convIn, List<Layer> blocks, NormSiluConv out) implements Layer {
  static VaeDecoder load(Weights weights, AutoencoderKlConfig config) {
    List<Integer> widths = ImmutableList.copyOf(config.blockOutChannels()).reverse();
    long groups = config.normNumGroups();
    long finest = widths.get(widths.size() - 1);
    ImmutableList.Builder<Layer> blocks = ImmutableList.builder();
    blocks.addAll(MidBlock.load(weights.in("mid_block"), config));
    long width = config.widest();
    for (int i = 0; i < widths.size(); i++) {
      Weights up = weights.in("up_blocks").in(i);
      for (int layer = 0; layer <= config.layersPerBlock(); layer++) {
        blocks.add(ResnetBlock.load(up.in("resnets").in(layer), width, widths.get(i), groups));
        width = widths.get(i);
      }
      if (i < widths.size() - 1) {
        Conv2d conv = Conv2d.load(up.in("upsamplers").in(0).in("conv"), width, width, 3, 1, 1);
        blocks.add(x -> Blocks.run(h -> h, upsampled(conv), x));
      }
    }
    return new VaeDecoder(
        Conv2d.load(weights.in("conv_in"), config.latentChannels(), config.widest(), 3, 1, 1),
        blocks.build(),
        new NormSiluConv(
            GroupNorm.load(weights.in("conv_norm_out"), groups, finest, ResnetBlock.EPS),
            Conv2d.load(weights.in("conv_out"), finest, config.outChannels(), 3, 1, 1)));
  }

  private static Ending upsampled(Conv2d conv) {
    return new Ending() {
      @Override
      public Tensor forward(Tensor u) {
        return conv.forward(Ops.upsampleNearest2x(u));
      }

      @Override
      public Tensor backward(Tensor u, Tensor dy) {
        return Vjp.upsampleNearest2x(conv.backward(null, dy));
      }
    };
  }

  /** z [B, latent channels, h, w] to [B, colours, f h, f w]. */
  @Override
  public Tensor forward(Tensor z) {
    Tensor x = convIn.forward(z);
    for (Layer block : blocks) {
      Tensor before = x;
      x = Memory.scoped(() -> block.forward(before));
    }
    return out.run(x);
  }
}
