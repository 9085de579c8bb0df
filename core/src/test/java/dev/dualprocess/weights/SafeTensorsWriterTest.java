package dev.dualprocess.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableMap;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is what the format says, and comes back as it was. */
class SafeTensorsWriterTest {
  @TempDir Path folder;

  /** A random tensor, perhaps one whose memory is not in row-major order. */
  private record Content(Dtype dtype, List<Integer> shape, long seed, boolean transposed) {
    Tensor tensor() {
      long[] sizes = shape.stream().mapToLong(Integer::longValue).toArray();
      Tensor small = Ops.clamp(Ops.mul(Noise.randn(seed, sizes), 40), -100, 100);
      Tensor values =
          dtype == Dtype.UINT8 ? small.abs() : dtype == Dtype.BOOL ? small.sign().relu() : small;
      Tensor typed = values.to(dtype.scalarType());
      return transposed && sizes.length > 1 ? typed.transpose(0, -1) : typed;
    }
  }

  @Provide
  Arbitrary<Map<String, Content>> contents() {
    Arbitrary<Content> content =
        Combinators.combine(
                Arbitraries.of(Dtype.values()),
                Arbitraries.integers().between(0, 6).list().ofMaxSize(4),
                Arbitraries.longs().between(0, 1_000_000),
                Arbitraries.of(true, false))
            .as(Content::new);
    return Arbitraries.maps(texts(), content).ofMaxSize(6);
  }

  @Provide
  Arbitrary<Map<String, String>> pairs() {
    return Arbitraries.maps(texts(), texts()).ofMaxSize(3);
  }

  private static Arbitrary<String> texts() {
    return Arbitraries.strings()
        .withCharRange(' ', '~')
        .withChars('é', '日', '\n', '\t', '\u0001')
        .ofMinLength(1)
        .ofMaxLength(30);
  }

  private static Tensor bytes(Tensor tensor) {
    return tensor.reshape(-1).contiguous().view(ScalarType.Byte);
  }

  @Property(tries = 200)
  void whatIsWrittenComesBack(
      @ForAll("contents") Map<String, Content> contents,
      @ForAll("pairs") Map<String, String> metadata)
      throws IOException {
    Path path = Files.createTempFile("written", ".safetensors");
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      contents.forEach((name, content) -> tensors.put(name, content.tensor()));
      SafeTensorsWriter.write(path, tensors, metadata);
      try (SafeTensorsFile file = SafeTensorsFile.open(path)) {
        assertEquals(metadata, file.metadata());
        assertEquals(List.copyOf(tensors.keySet()), List.copyOf(file.names()));
        tensors.forEach(
            (name, wanted) -> {
              Tensor read = file.tensor(name);
              assertEquals(Dtype.of(wanted), Dtype.of(read), name);
              assertArrayEquals(wanted.shape(), read.shape(), name);
              assertTrue(bytes(wanted).equal(bytes(read)), name);
            });
      }
    } finally {
      Files.delete(path);
    }
  }

  @Test
  void everyByteIsWhereTheFormatWantsIt() throws IOException {
    Path path = folder.resolve("deep/er/a.safetensors");
    try (PointerScope scope = new PointerScope()) {
      Tensor values = Ops.floats(new float[] {1, -2.5f}, 1, 2);
      SafeTensorsWriter.write(
          path,
          ImmutableMap.of(
              "z", values,
              "brain", values.to(ScalarType.BFloat16),
              "half", values.to(ScalarType.Half),
              "one", Ops.longs(new long[] {-2})),
          Map.of("format", "pt"));
    }
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    int header = Math.toIntExact(file.getLong());
    assertEquals(0, header % 8);
    byte[] text = new byte[header];
    file.get(text);
    JsonNode json = JsonMapper.builder().build().readTree(new String(text, StandardCharsets.UTF_8));
    assertEquals("{\"format\":\"pt\"}", json.path("__metadata__").toString());
    assertEquals(
        "{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}", json.path("z").toString());
    assertEquals(
        "{\"dtype\":\"BF16\",\"shape\":[1,2],\"data_offsets\":[8,12]}",
        json.path("brain").toString());
    assertEquals(
        "{\"dtype\":\"F16\",\"shape\":[1,2],\"data_offsets\":[12,16]}",
        json.path("half").toString());
    assertEquals(
        "{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[16,24]}", json.path("one").toString());
    assertEquals(1f, file.getFloat());
    assertEquals(-2.5f, file.getFloat());
    assertEquals((short) 0x3f80, file.getShort());
    assertEquals((short) 0xc020, file.getShort());
    assertEquals((short) 0x3c00, file.getShort());
    assertEquals((short) 0xc100, file.getShort());
    assertEquals(-2, file.getLong());
    assertEquals(0, file.remaining());
  }
}
