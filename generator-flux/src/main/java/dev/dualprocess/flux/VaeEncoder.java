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
import org.bytedeco.pytorch.global.torch;

/**
 * Pixels to the parameters of the latents' distribution: residual blocks and a downsampling for
 * each coarser resolution.
 *
 * @param layers residual blocks, downsamplings and mid block, in order
 */
record VaeEncoder(Conv2d convIn, List<Layer> layers, GroupNorm convNormOut, Conv2d convOut)
    implements Layer {
  static VaeEncoder load(Weights weights, AutoencoderKlConfig config, Blocks blocks) {
    List<Integer> widths = config.blockOutChannels();
    long groups = config.normNumGroups();
    ImmutableList.Builder<Layer> layers = ImmutableList.builder();
    long width = widths.get(0);
    for (int i = 0; i < widths.size(); i++) {
      Weights down = weights.in("down_blocks").in(i);
      for (int j = 0; j < config.layersPerBlock(); j++) {
        layers.add(
            ResnetBlock.load(down.in("resnets").in(j), width, widths.get(i), groups, blocks));
        width = widths.get(i);
      }
      if (i < widths.size() - 1) {
        Conv2d conv = Conv2d.load(down.in("downsamplers").in(0).in("conv"), width, width, 3, 2, 0);
        // One row and one column of zeros, below and to the right.
        layers.add(x -> conv.forward(torch.constant_pad_nd(x, 0, 1, 0, 1)));
      }
    }
    layers.addAll(MidBlock.load(weights.in("mid_block"), config, blocks));
    return new VaeEncoder(
        Conv2d.load(weights.in("conv_in"), config.inChannels(), widths.get(0), 3, 1, 1),
        layers.build(),
        GroupNorm.load(weights.in("conv_norm_out"), groups, config.widest(), ResnetBlock.EPS),
        Conv2d.load(
            weights.in("conv_out"), config.widest(), 2L * config.latentChannels(), 3, 1, 1));
  }

  /** x [B, colours, H, W] to mean and log variance [B, 2 · latent channels, H/f, W/f]. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor h = convIn.forward(x);
    for (Layer layer : layers) {
      Tensor before = h;
      h = Memory.scoped(() -> layer.forward(before));
    }
    return convOut.forward(Ops.silu(convNormOut.forward(h)));
  }
}
