package dev.dualprocess.weights;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static dev.dualprocess.weights.HandMade.float8;
import static dev.dualprocess.weights.HandMade.floats;
import static dev.dualprocess.weights.HandMade.zeros;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableMap;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.weights.HandMade.Stored;
import dev.dualprocess.weights.WeightSource.Renaming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights in 8-bit floats, with and without scales, against the formats' formulas. */
class Float8Test {
  private static final Placement BF16 = new Placement("cpu", Dtype.BFLOAT16);
  private static final int[] CODES = {0x38, 0x40, 0xb8, 0x08, 0x7e, 0x01, 0xfe, 0x00};
  private static final float[] VALUES = {1, 2, -1, 0x1p-6f, 448, 0x1p-9f, -448, 0};

  @TempDir Path folder;

  /** The value of a code with {@code e} bits of exponent, which is NaN or infinite for the last. */
  private static float value(int code, int e, boolean infinities) {
    int m = 7 - e;
    int bias = (1 << (e - 1)) - 1;
    int exponent = (code >> m) & ((1 << e) - 1);
    int fraction = code & ((1 << m) - 1);
    float sign = code < 128 ? 1 : -1;
    if (exponent == (1 << e) - 1 && infinities) {
      return fraction == 0 ? sign * Float.POSITIVE_INFINITY : Float.NaN;
    }
    if (!infinities && (code & 127) == 127) {
      return Float.NaN;
    }
    double mantissa = fraction / (double) (1 << m) + (exponent == 0 ? 0 : 1);
    return (float) (sign * mantissa * Math.pow(2, Math.max(exponent, 1) - bias));
  }

  @ParameterizedTest
  @CsvSource({"F8_E4M3, 4, false", "F8_E5M2, 5, true"})
  void everyCodeHasItsValue(String dtype, int exponent, boolean infinities) throws IOException {
    byte[] codes = new byte[256];
    IntStream.range(0, 256).forEach(i -> codes[i] = (byte) i);
    write(Map.of("w", HandMade.stored(dtype, List.of(256), codes)));
    float[] wanted = new float[256];
    IntStream.range(0, 256).forEach(i -> wanted[i] = value(i, exponent, infinities));
    assertEquals(448, value(0x7e, 4, false));
    assertEquals(57344, value(0x7b, 5, true));
    for (Dtype target : List.of(Dtype.FLOAT32, Dtype.BFLOAT16, Dtype.FLOAT16)) {
      assertArrayEquals(wanted, read("w", new Placement("cpu", target), 256), target.name());
    }
  }

  private void write(Map<String, Stored> tensors) throws IOException {
    HandMade.write(folder.resolve("model.safetensors"), tensors);
  }

  private float[] read(String name, Placement placement, long... shape) throws IOException {
    try (TensorOwner owner = new TensorOwner();
        PointerScope scope = new PointerScope()) {
      Tensor tensor =
          WeightSource.FILES.build(
              folder, placement, owner, Renaming.NONE, weights -> weights.tensor(name, shape));
      assertEquals(placement.dtype(), Dtype.of(tensor));
      return Ops.toFloats(tensor);
    }
  }

  static Stream<Arguments> scales() {
    return Stream.of(
        Arguments.of(floats(List.of(), 0.3f), new float[] {.3f, .3f, .3f, .3f}),
        Arguments.of(floats(List.of(1), 0.3f), new float[] {.3f, .3f, .3f, .3f}),
        Arguments.of(floats(List.of(1, 1), 0.3f), new float[] {.3f, .3f, .3f, .3f}),
        Arguments.of(floats(List.of(4), 3, .1f, 5, 7), new float[] {3, .1f, 5, 7}),
        Arguments.of(floats(List.of(4, 1), 3, .1f, 5, 7), new float[] {3, .1f, 5, 7}));
  }

  /** In fp32, and rounded once where the model is in bf16. */
  @ParameterizedTest
  @MethodSource("scales")
  void aScaleIsForATensorOrForARow(Stored scale, float[] byRow) throws IOException {
    float[] wanted = new float[8];
    IntStream.range(0, 8).forEach(i -> wanted[i] = VALUES[i] * byRow[i / 2]);
    for (String name : List.of("weight_scale", "scale_weight", "weight_scale_inv")) {
      write(ImmutableMap.of("a.weight", float8(List.of(4, 2), CODES), "a." + name, scale));
      assertArrayEquals(wanted, read("a.weight", Placement.CPU, 4, 2));
      assertArrayEquals(rounded(wanted), read("a.weight", BF16, 4, 2));
    }
  }

  private static float[] rounded(float[] values) {
    try (PointerScope scope = new PointerScope()) {
      return Ops.toFloats(Ops.floats(values, values.length).to(Dtype.BFLOAT16.scalarType()));
    }
  }

  /** Blocks at the end of a row or column may be cut. */
  @Test
  void aScaleMayBeForABlock() throws IOException {
    write(
        ImmutableMap.of(
            "weight", float8(List.of(2, 4), CODES),
            "weight_scale_inv", floats(List.of(2, 2), 2, 3, 5, 7)));
    Files.writeString(
        folder.resolve("config.json"),
        "{\"quantization_config\":{\"quant_method\":\"fp8\",\"weight_block_size\":[1,3]}}");
    float[] wanted = {2, 4, -2, 3 * 0x1p-6f, 5 * 448, 5 * 0x1p-9f, 5 * -448, 0};
    assertArrayEquals(wanted, read("weight", Placement.CPU, 2, 4));
  }

  @Test
  void blocksAre128WideWhereNothingIsSaid() throws IOException {
    int[] ones = IntStream.generate(() -> 0x38).limit(130 * 129).toArray();
    write(
        ImmutableMap.of(
            "weight", float8(List.of(130, 129), ones),
            "weight_scale_inv", floats(List.of(2, 2), 2, 3, 5, 7)));
    float[] read = read("weight", Placement.CPU, 130, 129);
    for (int row = 0; row < 130; row++) {
      for (int column = 0; column < 129; column++) {
        float wanted = new float[] {2, 3, 5, 7}[2 * (row / 128) + column / 128];
        assertEquals(wanted, read[row * 129 + column], row + ", " + column);
      }
    }
  }

  static Stream<Arguments> passedOver() {
    return Stream.of(
        Arguments.of("a.input_scale", floats(List.of(), 9)), // transformers
        Arguments.of("a.scale_input", floats(List.of(), 9)), // ComfyUI
        Arguments.of("a.output_scale", floats(List.of(), 9)),
        Arguments.of("a.comfy_quant", zeros("U8", List.of(27), 27)),
        Arguments.of("scaled_fp8", zeros("F8_E4M3", List.of(2), 2)),
        Arguments.of("model.scaled_fp8", zeros("F8_E4M3", List.of(0), 0)));
  }

  @ParameterizedTest
  @MethodSource("passedOver")
  void scalesOfActivationsAndMarkersArePassedOver(String key, Stored beside) throws IOException {
    write(ImmutableMap.of("a.weight", float8(List.of(4, 2), CODES), key, beside));
    assertArrayEquals(VALUES, read("a.weight", Placement.CPU, 4, 2));
  }

  @Test
  void aScaleOfAnotherShapeIsRefused() throws IOException {
    write(
        ImmutableMap.of(
            "a.weight", float8(List.of(4, 2), CODES), "a.weight_scale", floats(List.of(2), 1, 2)));
    assertRefused(
        CheckpointException.class,
        () -> read("a.weight", Placement.CPU, 4, 2),
        "a.weight_scale is [2], which is no scale of a.weight [4, 2]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.weight_scale", "a.input_scale", "b.scale_weight"})
  void aScaleWithoutA8BitWeightIsUnexpected(String key) throws IOException {
    write(ImmutableMap.of("a.weight", floats(List.of(1), 1), key, floats(List.of(), 2)));
    assertRefused(
        CheckpointException.class, () -> read("a.weight", Placement.CPU, 1), "unexpected " + key);
  }

  /** Rows of a matrix have the rows of its scale. */
  @Test
  void aSliceOfAScaledMatrixHasItsScales() throws IOException {
    write(
        ImmutableMap.of(
            "weight", float8(List.of(4, 2), CODES),
            "weight_scale", floats(List.of(4), 2, 3, 5, 7)));
    Layout swapped =
        stored ->
            Map.of(
                "w",
                new StoredSlice(
                    stored.get("weight"),
                    List.of(new StoredSlice.Rows(3, 1), new StoredSlice.Rows(0, 2))));
    try (TensorOwner owner = new TensorOwner();
        PointerScope scope = new PointerScope()) {
      Tensor tensor =
          WeightSource.FILES.build(
              folder, Placement.CPU, owner, swapped, weights -> weights.tensor("w", 3, 2));
      assertArrayEquals(new float[] {7 * -448, 0, 2, 4, -3, 3 * 0x1p-6f}, Ops.toFloats(tensor));
    }
  }

  /** Offloaded on the CPU, one byte a weight stays in the file; a scale makes it whole. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void offloadedItIsFetchedInTheModelsType(boolean scaled) throws IOException {
    ImmutableMap.Builder<String, Stored> stored = ImmutableMap.builder();
    stored.put("weight", float8(List.of(4, 2), CODES));
    if (scaled) {
      stored.put("weight_scale", floats(List.of(), 2));
    }
    write(stored.buildOrThrow());
    try (TensorOwner owner = new TensorOwner();
        PointerScope scope = new PointerScope()) {
      FrozenWeight weight =
          WeightSource.FILES
              .onTheHost()
              .build(folder, BF16, owner, Renaming.NONE, weights -> weights.frozen("weight", 4, 2));
      assertEquals(scaled ? Dtype.BFLOAT16 : Dtype.FLOAT8_E4M3, Dtype.of(weight.values()));
      assertEquals(Dtype.BFLOAT16, Dtype.of(weight.whole()));
      float[] wanted = VALUES.clone();
      IntStream.range(0, 8).forEach(i -> wanted[i] *= scaled ? 2 : 1);
      assertArrayEquals(wanted, Ops.toFloats(weight.whole()));
    }
  }

  @Test
  void nothingIsComputedIn8Bits() {
    assertTrue(Dtype.FLOAT8_E4M3.isFloat8());
    assertFalse(Dtype.BFLOAT16.isFloat8());
    assertRefused(
        IllegalArgumentException.class,
        () -> new Placement("cpu", Dtype.FLOAT8_E4M3),
        "floating point dtype");
  }
}
