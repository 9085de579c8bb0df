package dev.dualprocess.weights;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files made by hand, right and wrong; see {@link SafeTensorsWriterTest} for the way back. */
class SafeTensorsFileTest {
  private static final String HEADER =
      "{"
          + String.join(
              ",",
              HandMade.tensor("single", "F32", "[1,2]", 0, 8),
              HandMade.tensor("bytes", "U8", "[3]", 8, 11),
              HandMade.tensor("truth", "BOOL", "[2]", 11, 13),
              HandMade.tensor("long", "I64", "[2]", 13, 29),
              HandMade.tensor("nothing", "F32", "[0,5]", 29, 29),
              HandMade.tensor("brain", "BF16", "[2]", 29, 33),
              HandMade.tensor("double", "F64", "[]", 33, 41),
              HandMade.tensor("half", "F16", "[2]", 41, 45),
              HandMade.tensor("int", "I32", "[1]", 45, 49),
              "\"__metadata__\":{\"format\":\"pt\",\"é\":\"\"}")
          + "}";

  @TempDir Path folder;

  private static byte[] data() {
    return ByteBuffer.allocate(49)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putFloat(1.5f)
        .putFloat(-3e-20f)
        .put(new byte[] {7, -1, 0})
        .put(new byte[] {0, 1})
        .putLong(1L << 40)
        .putLong(-3)
        .putShort((short) 0x3f80) // 1
        .putShort((short) 0xc020) // -2.5
        .putDouble(Math.PI)
        .putShort((short) 0x3c00) // 1
        .putShort((short) 0xc100) // -2.5
        .putInt(-70_000)
        .array();
  }

  /** Padding the header moves the data over all alignments. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void everyTypeIsReadAtEveryOffset(int padding) throws IOException {
    Path path = HandMade.write(folder.resolve("a.st"), HEADER + " ".repeat(padding), data());
    try (SafeTensorsFile file = SafeTensorsFile.open(path);
        PointerScope scope = new PointerScope()) {
      assertEquals(Map.of("format", "pt", "é", ""), file.metadata());
      assertArrayEquals(new long[] {7, 255, 0}, Ops.toLongs(file.tensor("bytes")));
      assertArrayEquals(new float[] {1.5f, -3e-20f}, Ops.toFloats(file.tensor("single")));
      assertArrayEquals(new long[] {0, 1}, Ops.toLongs(file.tensor("truth")));
      assertArrayEquals(new long[] {1L << 40, -3}, Ops.toLongs(file.tensor("long")));
      assertArrayEquals(new float[] {1, -2.5f}, Ops.toFloats(file.tensor("brain")));
      assertEquals(Math.PI, file.tensor("double").item_double());
      assertArrayEquals(new float[] {1, -2.5f}, Ops.toFloats(file.tensor("half")));
      assertArrayEquals(new long[] {-70_000}, Ops.toLongs(file.tensor("int")));
      for (TensorEntry entry : file.entries().values()) {
        Tensor tensor = file.tensor(entry.name());
        assertEquals(entry.dtype(), Dtype.of(tensor), entry.name());
        assertArrayEquals(entry.sizes(), tensor.shape(), entry.name());
      }
      assertArrayEquals(new long[] {0, 5}, file.tensor("nothing").shape());
      assertArrayEquals(new long[] {}, file.tensor("double").shape());
    }
  }

  @Test
  void namesKeepTheHeadersOrder() throws IOException {
    Path path = HandMade.write(folder.resolve("a.st"), HEADER, data());
    try (SafeTensorsFile file = SafeTensorsFile.open(path)) {
      assertEquals(
          List.of("single", "bytes", "truth", "long", "nothing", "brain", "double", "half", "int"),
          List.copyOf(file.names()));
      assertEquals(path, file.path());
    }
  }

  @Test
  void theHeaderMayListTensorsInAnyOrder() throws IOException {
    String header =
        "{%s,%s}"
            .formatted(
                HandMade.tensor("b", "U8", "[1]", 1, 2), HandMade.tensor("a", "U8", "[1]", 0, 1));
    Path path = HandMade.write(folder.resolve("a.st"), header, new byte[] {4, 5});
    try (SafeTensorsFile file = SafeTensorsFile.open(path);
        PointerScope scope = new PointerScope()) {
      assertArrayEquals(new long[] {5}, Ops.toLongs(file.tensor("b")));
      assertArrayEquals(new long[] {4}, Ops.toLongs(file.tensor("a")));
    }
  }

  @Test
  void aFileMayHoldNothing() throws IOException {
    Path path = HandMade.write(folder.resolve("a.st"), "{}", new byte[0]);
    try (SafeTensorsFile file = SafeTensorsFile.open(path)) {
      assertTrue(file.names().isEmpty());
      assertTrue(file.metadata().isEmpty());
    }
  }

  @Test
  void tensorsOutliveTheFile() throws IOException {
    Path path = HandMade.write(folder.resolve("a.st"), HEADER, data());
    SafeTensorsFile file = SafeTensorsFile.open(path);
    try (Tensor kept = Memory.kept(() -> file.tensor("single"))) {
      file.close();
      file.close();
      assertArrayEquals(new float[] {1.5f, -3e-20f}, Ops.toFloats(kept));
    }
  }

  @Test
  void writingToATensorLeavesTheFileAsItIs() throws IOException {
    Path path = HandMade.write(folder.resolve("a.st"), HEADER + "   ", data());
    byte[] before = Files.readAllBytes(path);
    try (SafeTensorsFile file = SafeTensorsFile.open(path);
        PointerScope scope = new PointerScope()) {
      file.tensor("bytes").zero_();
      file.tensor("single").zero_();
    }
    assertArrayEquals(before, Files.readAllBytes(path));
  }

  @Test
  void anUnknownTensorIsNamed() throws IOException {
    Path path = HandMade.write(folder.resolve("a.st"), HEADER, data());
    try (SafeTensorsFile file = SafeTensorsFile.open(path)) {
      assertRefused(
          IllegalArgumentException.class, () -> file.tensor("missing.weight"), "missing.weight");
    }
  }

  @Test
  void whatIsNoFileIsRefused() {
    Path missing = folder.resolve("missing.safetensors");
    assertRefused(
        CheckpointException.class, () -> SafeTensorsFile.open(missing), missing, "no such file");
    assertRefused(
        CheckpointException.class, () -> SafeTensorsFile.open(folder), folder, "no such file");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void lessThanALengthIsRefused(int bytes) throws IOException {
    Path path = Files.write(folder.resolve("a.st"), new byte[bytes]);
    assertRefused(
        CheckpointException.class,
        () -> SafeTensorsFile.open(path),
        path,
        "truncated: " + bytes + " bytes");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 0, 1, SafeTensorsFile.MAX_HEADER + 1})
  void anAbsurdHeaderLengthIsRefused(long claimed) throws IOException {
    Path path = HandMade.write(folder.resolve("a.st"), claimed, HEADER, data());
    assertRefused(
        CheckpointException.class,
        () -> SafeTensorsFile.open(path),
        path,
        "not a safetensors file",
        claimed);
  }

  @Test
  void aHeaderBeyondTheFileIsRefused() throws IOException {
    Path path = HandMade.write(folder.resolve("a.st"), 3, "{}", new byte[0]);
    assertRefused(
        CheckpointException.class, () -> SafeTensorsFile.open(path), path, "truncated", 3, 10);
  }

  static Stream<Arguments> brokenHeaders() {
    return Stream.of(
        Arguments.of("{\"a\":", "broken"),
        Arguments.of("{\"a\":\n\n\n!}", "broken"),
        Arguments.of("\0\0\0\0", "broken"),
        Arguments.of("{} {}", "broken"),
        Arguments.of("[]", "no JSON object"),
        Arguments.of("42", "no JSON object"),
        Arguments.of("    ", "no JSON object"),
        Arguments.of("{\"a\":5}", "'a' lacks shape or data_offsets"),
        Arguments.of("{\"a\":{\"dtype\":\"U8\",\"shape\":[8]}}", "'a' lacks"),
        Arguments.of("{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,8]}}", "'a' lacks"),
        Arguments.of(
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,4,8]}}", "'a' lacks"),
        Arguments.of(
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":{\"begin\":0,\"end\":8}}}",
            "'a' lacks"),
        Arguments.of("{\"a\":{\"shape\":[8],\"data_offsets\":[0,8]}}", "unsupported dtype ''"),
        Arguments.of(of("a", "F8_E8M0", "[8]", 0, 8), "unsupported dtype 'F8_E8M0'"),
        Arguments.of(of("a", "U8", "[9]", 0, 9), "truncated"),
        Arguments.of(of("a", "U8", "[8]", 8, 16), "truncated"),
        Arguments.of(of("a", "F32", "[1000000000000]", 0, 4_000_000_000_000L), "truncated"),
        Arguments.of(of("a", "U8", "[8]", 8, 0), "'a' of U8 [8] takes 8 bytes"),
        Arguments.of(of("a", "U8", "[8]", -8, 0), "'a' of U8 [8] takes 8 bytes"),
        // end - begin is 1 if the difference wraps around.
        Arguments.of(of("a", "U8", "[1]", Long.MAX_VALUE, Long.MIN_VALUE), "'a' of U8 [1]"),
        Arguments.of(of("a", "U8", "[8]", "\"x\"", 8), "'a' of U8 [8]"),
        Arguments.of(of("a", "F32", "[3]", 0, 8), "'a' of F32 [3] takes 12 bytes"),
        Arguments.of(of("a", "F32", "[]", 0, 8), "'a' of F32 [] takes 4 bytes"),
        Arguments.of(of("a", "U8", "[-8]", 0, 8), "'a' has the negative size -8"),
        Arguments.of(of("a", "U8", "[-1,-8]", 0, 8), "'a' has the negative size -1"),
        Arguments.of(of("a", "U8", "[4294967296,4294967296]", 0, 0), "broken"),
        Arguments.of(
            "{%s,%s}"
                .formatted(
                    HandMade.tensor("a", "U8", "[4]", 0, 4),
                    HandMade.tensor("a", "U8", "[4]", 4, 8)),
            "broken"),
        Arguments.of(
            "{%s,%s}"
                .formatted(
                    HandMade.tensor("a", "U8", "[5]", 0, 5),
                    HandMade.tensor("b", "U8", "[4]", 4, 8)),
            "'b'"),
        Arguments.of(
            "{%s,%s}"
                .formatted(
                    HandMade.tensor("a", "U8", "[8]", 0, 8),
                    HandMade.tensor("b", "U8", "[8]", 0, 8)),
            "'b'"),
        Arguments.of(
            "{%s,%s}"
                .formatted(
                    HandMade.tensor("a", "U8", "[3]", 0, 3),
                    HandMade.tensor("b", "U8", "[4]", 4, 8)),
            "'b'"),
        Arguments.of(of("a", "U8", "[7]", 1, 8), "'a'"),
        Arguments.of(of("a", "U8", "[7]", 0, 7), "1 bytes more"),
        Arguments.of("{}", "8 bytes more"));
  }

  private static String of(String name, String dtype, String shape, Object begin, Object end) {
    return "{" + HandMade.tensor(name, dtype, shape, begin, end) + "}";
  }

  /** Each stands before 8 bytes of data. */
  @ParameterizedTest
  @MethodSource("brokenHeaders")
  void aBrokenHeaderIsRefused(String header, String told) throws IOException {
    Path path = HandMade.write(folder.resolve("a.st"), header, new byte[8]);
    assertRefused(CheckpointException.class, () -> SafeTensorsFile.open(path), path, told);
  }

  /** Whatever happens to a file on its way: it is refused, or all its tensors can be read. */
  @Property(tries = 300)
  void noDamageGoesFurther(
      @ForAll long seed,
      @ForAll @IntRange(max = 4) int changes,
      @ForAll @IntRange(max = 40) int lost)
      throws IOException {
    Path path = Files.createTempFile("damaged", ".safetensors");
    try {
      byte[] all = Files.readAllBytes(HandMade.write(path, HEADER, data()));
      Random random = new Random(seed);
      for (int i = 0; i < changes; i++) {
        all[random.nextInt(all.length)] = (byte) random.nextInt(256);
      }
      Files.write(path, Arrays.copyOf(all, all.length - lost));
      if (lost > 0) {
        assertThrows(CheckpointException.class, () -> SafeTensorsFile.open(path));
        return;
      }
      try (SafeTensorsFile file = SafeTensorsFile.open(path);
          PointerScope scope = new PointerScope()) {
        for (TensorEntry entry : file.entries().values()) {
          assertArrayEquals(entry.sizes(), file.tensor(entry.name()).shape());
        }
      } catch (CheckpointException refusal) {
        assertTrue(refusal.getMessage().startsWith(path.toString()), refusal.getMessage());
      }
    } finally {
      Files.delete(path);
    }
  }
}
