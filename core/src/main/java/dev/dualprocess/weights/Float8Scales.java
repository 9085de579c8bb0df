package dev.dualprocess.weights;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.Longs;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The scales beside 8-bit floats: w = scale · float8, computed in fp32. There is one scale for a
 * tensor, one for each row, or one for each block of rows and columns. Scales of activations are
 * passed over, since nothing is computed in 8 bits here.
 *
 * @param scaleOf the scale's key, by that of the weight
 * @param beside keys of scales and markers, which are no weights
 */
record Float8Scales(
    Map<String, String> scaleOf, Set<String> beside, long blockRows, long blockColumns) {
  private static final String WEIGHT = "weight";
  private static final String MARKER = "scaled_fp8";
  private static final List<String> SCALES =
      List.of("weight_scale", "scale_weight", "weight_scale_inv");
  private static final List<String> PASSED_OVER =
      List.of("input_scale", "scale_input", "activation_scale", "output_scale", "comfy_quant");

  /** Those of a checkpoint. */
  static Float8Scales of(Map<String, TensorEntry> entries, QuantizationConfig config) {
    ImmutableMap.Builder<String, String> scaleOf = ImmutableMap.builder();
    ImmutableSet.Builder<String> beside = ImmutableSet.builder();
    entries.keySet().stream().filter(Float8Scales::isMarker).forEach(beside::add);
    for (TensorEntry entry : entries.values()) {
      if (entry.dtype().isFloat8() && isWeight(entry.name())) {
        String layer = entry.name().substring(0, entry.name().length() - WEIGHT.length());
        first(SCALES, layer, entries).ifPresent(scale -> scaleOf.put(entry.name(), scale));
        Stream.concat(SCALES.stream(), PASSED_OVER.stream())
            .map(layer::concat)
            .filter(entries::containsKey)
            .forEach(beside::add);
      }
    }
    return new Float8Scales(
        scaleOf.buildOrThrow(), beside.build(), config.blockRows(), config.blockColumns());
  }

  private static boolean isMarker(String name) {
    return name.equals(MARKER) || name.endsWith("." + MARKER);
  }

  private static boolean isWeight(String name) {
    return name.equals(WEIGHT) || name.endsWith("." + WEIGHT);
  }

  private static Optional<String> first(
      List<String> names, String layer, Map<String, TensorEntry> entries) {
    return names.stream().map(layer::concat).filter(entries::containsKey).findFirst();
  }

  /** Whether a weight has a scale. */
  boolean has(String name) {
    return scaleOf.containsKey(name);
  }

  /** What is wrong with a weight's scale, if its shape fits none of the three ways. */
  Optional<String> problem(TensorEntry weight, TensorEntry scale) {
    return isOne(scale.shape())
            || isByRow(weight.shape(), scale.shape())
            || isByBlock(weight.shape(), scale.shape())
        ? Optional.empty()
        : Optional.of(
            "%s is %s, which is no scale of %s %s"
                .formatted(scale.name(), scale.shape(), weight.name(), weight.shape()));
  }

  private static boolean isOne(List<Long> scale) {
    return scale.stream().allMatch(size -> size == 1);
  }

  private static boolean isByRow(List<Long> weight, List<Long> scale) {
    return !weight.isEmpty()
        && scale.get(0).equals(weight.get(0))
        && isOne(scale.subList(1, scale.size()));
  }

  private boolean isByBlock(List<Long> weight, List<Long> scale) {
    return weight.size() == 2
        && scale.size() == 2
        && scale.get(0) == blocks(weight.get(0), blockRows)
        && scale.get(1) == blocks(weight.get(1), blockColumns);
  }

  private static long blocks(long size, long block) {
    return (size + block - 1) / block;
  }

  /** scale · float8 of a slice, fp32 in the caller's scope. */
  Tensor scaled(StoredSlice slice, Tensor stored, Tensor scale) {
    Tensor values = slice.of(stored).to(ScalarType.Float);
    List<Long> weight = slice.entry().shape();
    List<Long> scales = sizes(scale);
    Tensor scale32 = scale.to(ScalarType.Float);
    if (isOne(scales)) {
      return values.mul_(scale32.view(1));
    }
    return values.mul_(
        slice.of(isByRow(weight, scales) ? byRow(weight, scale32) : byBlock(weight, scale32)));
  }

  private static Tensor byRow(List<Long> weight, Tensor scale) {
    long[] shape = new long[weight.size()];
    Arrays.fill(shape, 1);
    shape[0] = weight.get(0);
    return scale.view(shape);
  }

  /** Each scale once for every value of its block, [blocks, blocks] to [rows, columns]. */
  private Tensor byBlock(List<Long> weight, Tensor scale) {
    return scale
        .repeat_interleave(blockRows, new LongOptional(0), new LongOptional())
        .narrow(0, 0, weight.get(0))
        .repeat_interleave(blockColumns, new LongOptional(1), new LongOptional())
        .narrow(1, 0, weight.get(1));
  }

  private static List<Long> sizes(Tensor tensor) {
    return Longs.asList(tensor.shape());
  }
}
