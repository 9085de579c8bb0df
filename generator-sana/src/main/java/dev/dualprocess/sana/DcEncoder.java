package dev.dualprocess.sana;

import com.google.common.collect.ImmutableList;
import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.weights.Weights;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Pixels to latents: blocks at each resolution, finest first, and a downsampling between two.
 *
 * @param layers all of them, in order
 */
record DcEncoder(LayerSequence layers) implements Layer {
  static DcEncoder load(Weights weights, AutoencoderDcConfig config, Blocks blocks) {
    List<DcLevel> levels = config.encoderLevels();
    boolean unshuffle = config.unshuffles();
    ImmutableList.Builder<Layer> layers = ImmutableList.builder();
    layers.add(first(weights.in("conv_in"), config));
    for (int i = 0; i < levels.size(); i++) {
      DcLevel level = levels.get(i);
      Weights down = weights.in("down_blocks").in(i);
      layers.addAll(level.load(down, 0));
      if (level.layers() > 0 && i < levels.size() - 1) {
        int next = levels.get(i + 1).channels();
        layers.add(
            Downsampling.load(down.in(level.layers()), level.channels(), next, unshuffle, true));
      }
    }
    layers.add(last(weights.in("conv_out"), config));
    return new DcEncoder(new LayerSequence(layers.build(), blocks));
  }

  /** Where the finest resolution has no blocks, it is left at once. */
  private static Layer first(Weights convIn, AutoencoderDcConfig config) {
    List<DcLevel> levels = config.encoderLevels();
    int in = config.inChannels();
    return levels.get(0).layers() > 0
        ? Conv2d.load(convIn, in, levels.get(0).channels(), 3, 1, 1)
        : Downsampling.load(convIn, in, levels.get(1).channels(), config.unshuffles(), false);
  }

  private static Layer last(Weights convOut, AutoencoderDcConfig config) {
    List<DcLevel> levels = config.encoderLevels();
    int widest = levels.get(levels.size() - 1).channels();
    int latent = config.latentChannels();
    Conv2d conv = Conv2d.load(convOut, widest, latent, 3, 1, 1);
    return config.encoderOutShortcut()
        ? x -> conv.forward(x).add(ChannelShortcut.averaged(x, latent))
        : conv;
  }

  /** x [B, colours, H, W] to [B, latent channels, H/f, W/f]. */
  @Override
  public Tensor forward(Tensor x) {
    return layers.forward(x);
  }
}
