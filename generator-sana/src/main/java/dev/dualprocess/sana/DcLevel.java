package dev.dualprocess.sana;

import com.google.common.collect.ImmutableList;
import dev.dualprocess.config.Counts;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.weights.Weights;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one resolution, in one half of the autoencoder.
 *
 * @param channels channels of all its blocks
 * @param layers number of blocks
 * @param attention whether they are {@link EfficientVitBlock}s; else {@link ResBlock}s
 * @param headDim width of a head of the attention
 * @param qkvMultiscales kernels of the attention's further scales
 * @param act activation of residual blocks
 */
record DcLevel(
    int channels,
    int layers,
    boolean attention,
    int headDim,
    List<Integer> qkvMultiscales,
    DcActivation act) {
  private static final String RES_BLOCK = "ResBlock";
  private static final String EFFICIENT_VIT_BLOCK = "EfficientViTBlock";

  /**
   * The resolutions of one half as its config fields tell them, finest first. Names hold for all
   * resolutions where there is only one.
   *
   * @param half encoder or decoder, with which the names of the fields begin
   * @throws IllegalArgumentException that names the field which does not fit
   */
  static ImmutableList<DcLevel> list(
      String half,
      int headDim,
      List<Integer> channels,
      List<Integer> layers,
      @Nullable List<String> types,
      List<List<Integer>> multiscales,
      @Nullable List<String> acts) {
    int levels = channels == null ? 0 : channels.size();
    DcChecks.requireEntries(half + "_block_out_channels", channels, levels);
    Counts.requireLevels(half + "_block_out_channels", levels);
    DcChecks.requireEntries(half + "_layers_per_block", layers, levels);
    DcChecks.requireEntries(half + "_qkv_multiscales", multiscales, levels);
    List<String> typeOf = forAll(half + "_block_types", types, RES_BLOCK, levels);
    List<String> actOf = forAll(half + "_act_fns", acts, "silu", levels);
    ImmutableList.Builder<DcLevel> list = ImmutableList.builder();
    for (int i = 0; i < levels; i++) {
      DcChecks.requireOneOf(
          half + "_block_types", typeOf.get(i), List.of(RES_BLOCK, EFFICIENT_VIT_BLOCK));
      DcLevel level =
          new DcLevel(
              channels.get(i),
              layers.get(i),
              typeOf.get(i).equals(EFFICIENT_VIT_BLOCK),
              headDim,
              List.copyOf(multiscales.get(i)),
              DcActivation.named(half + "_act_fns", actOf.get(i)));
      level.check(half);
      list.add(level);
    }
    requireSteps(half, list.build());
    return list.build();
  }

  private static List<String> forAll(
      String field, @Nullable List<String> names, String otherwise, int levels) {
    List<String> given = names == null ? List.of(otherwise) : names;
    List<String> all = given.size() == 1 ? Collections.nCopies(levels, given.get(0)) : given;
    DcChecks.requireEntries(field, all, levels);
    return all;
  }

  private void check(String half) {
    Counts.requireSize(half + "_block_out_channels", channels);
    Counts.requireLayers(half + "_layers_per_block", Math.max(1, layers));
    if (attention && channels < headDim) {
      throw new IllegalArgumentException(
          "%s_block_out_channels is %d, less than attention_head_dim %d"
              .formatted(half, channels, headDim));
    }
    for (int kernel : qkvMultiscales) {
      if (kernel < 1 || kernel % 2 == 0) {
        throw new IllegalArgumentException(
            "%s_qkv_multiscales has a kernel of %d; it must be odd".formatted(half, kernel));
      }
      Counts.requireSize(half + "_qkv_multiscales", kernel);
    }
  }

  /** Only the finest resolution may be without blocks, and shortcuts must come out even. */
  private static void requireSteps(String half, List<DcLevel> levels) {
    for (int i = 0; i < levels.size(); i++) {
      DcLevel level = levels.get(i);
      boolean mayBeEmpty = i == 0 && levels.size() > 1;
      if (level.layers < 0 || (level.layers == 0 && !mayBeEmpty)) {
        throw new IllegalArgumentException(
            "%s_layers_per_block is %d for resolution %d of %d; only the first of several may be 0"
                .formatted(half, level.layers, i + 1, levels.size()));
      }
      if (level.layers > 0 && i < levels.size() - 1) {
        DcChecks.requireMultiple(
            "four times %s_block_out_channels".formatted(half),
            ChannelShortcut.PLACES * level.channels,
            "the next",
            levels.get(i + 1).channels);
      }
    }
  }

  /** Reads the blocks; the first has the index {@code first} below {@code weights}. */
  ImmutableList<Layer> load(Weights weights, int first) {
    ImmutableList.Builder<Layer> blocks = ImmutableList.builder();
    for (int i = 0; i < layers; i++) {
      Weights block = weights.in(first + i);
      blocks.add(
          attention
              ? EfficientVitBlock.load(block, channels, headDim, qkvMultiscales)
              : ResBlock.load(block, channels, act));
    }
    return blocks.build();
  }
}
