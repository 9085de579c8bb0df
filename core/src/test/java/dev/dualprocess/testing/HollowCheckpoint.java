package dev.dualprocess.testing;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A safetensors file of any size that takes none on the disk: a header, and a hole behind it. */
public final class HollowCheckpoint {
  private static final int BYTES = 2;

  private HollowCheckpoint() {}

  /** {@code folder/model.safetensors} with tensors of those shapes in bf16. */
  public static Path write(Path folder, Map<String, List<Long>> shapes) throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    long end = 0;
    for (Map.Entry<String, List<Long>> tensor : shapes.entrySet()) {
      long begin = end;
      end += BYTES * tensor.getValue().stream().reduce(1L, (a, b) -> a * b);
      header.put(
          tensor.getKey(),
          Map.of("dtype", "BF16", "shape", tensor.getValue(), "data_offsets", List.of(begin, end)));
    }
    byte[] json = new JsonMapper().writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
    Files.createDirectories(folder);
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
      file.write(
          ByteBuffer.allocate(Long.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(json.length)
              .array());
      file.write(json);
      file.setLength(Long.BYTES + json.length + end);
    }
    return folder;
  }
}
