package dev.dualprocess.weights;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static dev.dualprocess.weights.HandMade.floats;
import static dev.dualprocess.weights.HandMade.zeros;

import com.google.common.collect.ImmutableMap;
import dev.dualprocess.weights.HandMade.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Quantized checkpoints in the forms that other programs write: each is refused by its name. */
class QuantizedFormatTest {
  private static final Stored BYTES = zeros("U8", List.of(4, 1), 4);
  private static final Stored INTS = zeros("I32", List.of(2, 2), 16);
  private static final Stored SCALE = floats(List.of(1), 1);

  @TempDir Path folder;

  static Stream<Arguments> formats() {
    return Stream.of(
        Arguments.of(
            "bitsandbytes nf4",
            ImmutableMap.of(
                "a.weight", BYTES,
                "a.weight.absmax", SCALE,
                "a.weight.quant_map", SCALE,
                "a.weight.quant_state.bitsandbytes__nf4", zeros("U8", List.of(9), 9))),
        Arguments.of(
            "bitsandbytes fp4",
            ImmutableMap.of("a.weight", BYTES, "a.weight.quant_state.bitsandbytes__fp4", BYTES)),
        Arguments.of(
            "bitsandbytes int8",
            ImmutableMap.of("a.weight", zeros("I8", List.of(2, 2), 4), "a.SCB", SCALE)),
        Arguments.of(
            "GPTQ",
            ImmutableMap.of(
                "a.qweight", INTS, "a.qzeros", INTS, "a.g_idx", INTS, "a.scales", SCALE)),
        Arguments.of(
            "AWQ", ImmutableMap.of("a.qweight", INTS, "a.qzeros", INTS, "a.scales", SCALE)),
        Arguments.of(
            "SVDQuant of nunchaku", ImmutableMap.of("a.qweight", INTS, "a.wscales", SCALE)),
        Arguments.of(
            "compressed-tensors",
            ImmutableMap.of("a.weight_packed", INTS, "a.weight_scale", SCALE)),
        Arguments.of(
            "NVFP4",
            ImmutableMap.of(
                "a.weight", BYTES,
                "a.weight_scale", zeros("F8_E4M3", List.of(1), 1),
                "a.weight_scale_2", SCALE)),
        Arguments.of(
            "torchao", ImmutableMap.of("a._weight_qdata", BYTES, "a._weight_scale", SCALE)),
        Arguments.of("quanto", ImmutableMap.of("a.weight._data", BYTES)),
        Arguments.of("U8 matrices", ImmutableMap.of("a.weight", BYTES)),
        Arguments.of("I8 matrices", ImmutableMap.of("a.weight", zeros("I8", List.of(1, 1), 1))));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void isRefusedByItsName(String format, Map<String, Stored> tensors) throws IOException {
    Path file = HandMade.write(folder.resolve("model.safetensors"), tensors);
    assertTold(file, format);
  }

  private void assertTold(Path file, String format) {
    assertRefused(
        CheckpointException.class,
        () -> Checkpoint.open(folder),
        file
            + ": quantized weights ("
            + format
            + "), which are not read: get the model in bf16, fp16 or fp8, and give --weights int8"
            + " where it is too large");
  }

  static Stream<Arguments> configs() {
    return Stream.of(
        Arguments.of(
            "{'quant_method':'bitsandbytes','load_in_4bit':true,'bnb_4bit_quant_type':'nf4'}",
            "bitsandbytes nf4"),
        Arguments.of("{'quant_method':'bitsandbytes','load_in_8bit':true}", "bitsandbytes int8"),
        Arguments.of("{'quant_method':'awq','bits':4}", "awq 4 bits"),
        Arguments.of("{'quant_method':'torchao'}", "torchao"));
  }

  /** config.json knows the format better than the tensors' names. */
  @ParameterizedTest
  @MethodSource("configs")
  void configNamesIt(String config, String format) throws IOException {
    Path file = HandMade.write(folder.resolve("model.safetensors"), Map.of("a.weight", BYTES));
    Files.writeString(
        folder.resolve("config.json"),
        "{\"quantization_config\":%s}".formatted(config.replace('\'', '"')));
    assertTold(file, format);
  }

  /** Types that no checkpoint here has: the format is more telling than the type. */
  @Test
  void aTypeOfItsOwnDoesNotHideTheFormat() throws IOException {
    Path file =
        HandMade.write(
            folder.resolve("model.safetensors"),
            ImmutableMap.of("a.qweight", zeros("U32", List.of(1), 4), "a.qzeros", INTS));
    assertTold(file, "AWQ");
  }
}
