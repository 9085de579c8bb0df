package dev.dualprocess.sana;

import com.google.common.collect.ImmutableList;
import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.weights.Weights;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Latents to pixels: blocks at each resolution, coarsest first, and an upsampling between two.
 *
 * @param layers all of them, in order
 */
record DcDecoder(LayerSequence layers) implements Layer {
  static DcDecoder load(Weights weights, AutoencoderDcConfig config, Blocks blocks) {
    List<DcLevel> levels = config.decoderLevels();
    boolean interpolate = config.interpolates();
    ImmutableList.Builder<Layer> layers = ImmutableList.builder();
    layers.add(first(weights.in("conv_in"), config));
    for (int i = levels.size() - 1; i >= 0; i--) {
      DcLevel level = levels.get(i);
      Weights up = weights.in("up_blocks").in(i);
      boolean upsampled = level.layers() > 0 && i < levels.size() - 1;
      if (upsampled) {
        int before = levels.get(i + 1).channels();
        layers.add(Upsampling.load(up.in(0), before, level.channels(), interpolate, true));
      }
      layers.addAll(level.load(up, upsampled ? 1 : 0));
    }
    layers.addAll(last(weights, config));
    return new DcDecoder(new LayerSequence(layers.build(), blocks));
  }

  private static Layer first(Weights convIn, AutoencoderDcConfig config) {
    List<DcLevel> levels = config.decoderLevels();
    int widest = levels.get(levels.size() - 1).channels();
    Conv2d conv = Conv2d.load(convIn, config.latentChannels(), widest, 3, 1, 1);
    return config.decoderInShortcut()
        ? z -> conv.forward(z).add(ChannelShortcut.repeated(z, widest))
        : conv;
  }

  /** Where the finest resolution has no blocks, it is reached only here. */
  private static ImmutableList<Layer> last(Weights weights, AutoencoderDcConfig config) {
    List<DcLevel> levels = config.decoderLevels();
    boolean finest = levels.get(0).layers() > 0;
    int channels = levels.get(finest ? 0 : 1).channels();
    int out = config.inChannels();
    ChannelRmsNorm normOut = ChannelRmsNorm.load(weights.in("norm_out"), channels);
    DcActivation convAct = config.convAct();
    Weights convOut = weights.in("conv_out");
    return ImmutableList.of(
        x -> convAct.forward(normOut.forward(x)),
        finest
            ? Conv2d.load(convOut, channels, out, 3, 1, 1)
            : Upsampling.load(convOut, channels, out, config.interpolates(), false));
  }

  /** z [B, latent channels, h, w] to [B, colours, f h, f w]. */
  @Override
  public Tensor forward(Tensor z) {
    return layers.forward(z);
  }
}
