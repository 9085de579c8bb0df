package dev.dualprocess.weights;

import com.google.common.primitives.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Safetensors files put together byte by byte, right and wrong ones. */
final class HandMade {
  private HandMade() {}

  /** A file whose first 8 bytes tell the header's length as it is. */
  static Path write(Path path, String header, byte[] data) throws IOException {
    return write(path, header.getBytes(StandardCharsets.UTF_8).length, header, data);
  }

  /** A file whose first 8 bytes claim any length of header. */
  static Path write(Path path, long claimedHeader, String header, byte[] data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length + data.length);
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(claimedHeader).put(text).put(data);
    return Files.write(path, file.array());
  }

  /** The header's text for one tensor. */
  static String tensor(String name, String dtype, String shape, Object begin, Object end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%s,%s]}"
        .formatted(name, dtype, shape, begin, end);
  }

  /**
   * A stored tensor.
   *
   * @param dtype its name in safetensors
   * @param data as it lies in the file
   */
  record Stored(String dtype, List<Integer> shape, List<Byte> data) {}

  /** A tensor of any type. */
  static Stored stored(String dtype, List<Integer> shape, byte... data) {
    return new Stored(dtype, shape, Bytes.asList(data));
  }

  /** 8-bit floats of those codes. */
  static Stored float8(List<Integer> shape, int... codes) {
    byte[] data = new byte[codes.length];
    for (int i = 0; i < codes.length; i++) {
      data[i] = (byte) codes[i];
    }
    return stored("F8_E4M3", shape, data);
  }

  /** fp32 of those values. */
  static Stored floats(List<Integer> shape, float... values) {
    ByteBuffer data =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      data.putFloat(value);
    }
    return stored("F32", shape, data.array());
  }

  /** Bytes of any type, all zero. */
  static Stored zeros(String dtype, List<Integer> shape, int bytes) {
    return stored(dtype, shape, new byte[bytes]);
  }

  /** A right file of those tensors. */
  static Path write(Path path, Map<String, Stored> tensors) throws IOException {
    List<String> header = new ArrayList<>();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (Map.Entry<String, Stored> tensor : tensors.entrySet()) {
      Stored stored = tensor.getValue();
      int begin = data.size();
      data.write(Bytes.toArray(stored.data()));
      header.add(
          tensor(tensor.getKey(), stored.dtype(), stored.shape().toString(), begin, data.size()));
    }
    return write(path, "{" + String.join(",", header) + "}", data.toByteArray());
  }
}
