package dev.dualprocess.testing;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.weights.SafeTensorsFile;
import dev.dualprocess.weights.TensorEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A copy of a model's folder in which single weights become NaN or infinite. */
public final class DamagedFolder {
  private final Path folder;

  /** Copies all of {@code original} to {@code folder}. */
  public DamagedFolder(Path original, Path folder) {
    this.folder = folder;
    try {
      CopiedFolder.of(original, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the copy is. */
  public Path path() {
    return folder;
  }

  /**
   * A stored weight.
   *
   * @param file that holds it
   */
  public record Weight(Path file, TensorEntry entry) {
    /** Its key in the file. */
    public String name() {
      return entry.name();
    }
  }

  /** What is done with a damaged folder. */
  @FunctionalInterface
  public interface Use {
    /** Uses it as long as it is damaged. */
    void use() throws IOException;
  }

  /** The floating-point weights of the folder, or of one part of it. */
  public List<Weight> weights(String part) throws IOException {
    List<Weight> weights = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder.resolve(part))) {
      for (Path path : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        try (SafeTensorsFile file = SafeTensorsFile.open(path)) {
          file.entries().values().stream()
              .filter(entry -> entry.dtype().isFloatingPoint())
              .forEach(entry -> weights.add(new Weight(path, entry)));
        }
      }
    }
    return weights;
  }

  /** At most {@code count} of them, evenly from the first to the last. */
  public List<Weight> some(String part, int count) throws IOException {
    List<Weight> all = weights(part);
    List<Weight> some = new ArrayList<>();
    for (int i = 0; i < Math.min(count, all.size()); i++) {
      some.add(all.get((int) ((long) i * all.size() / Math.min(count, all.size()))));
    }
    return some;
  }

  /** Uses the folder while every {@code stride}-th number of a weight is {@code value}. */
  public static void with(Weight weight, float value, int stride, Use use) throws IOException {
    byte[] before = Files.readAllBytes(weight.file());
    ByteBuffer damaged = ByteBuffer.wrap(before.clone()).order(ByteOrder.LITTLE_ENDIAN);
    TensorEntry entry = weight.entry();
    int width = entry.dtype().bytes();
    int start = Math.toIntExact(8 + damaged.getLong(0) + entry.begin());
    for (long at = 0; at < entry.end() - entry.begin(); at += (long) stride * width) {
      put(damaged, Math.toIntExact(start + at), entry.dtype(), value);
    }
    write(weight.file(), damaged.array());
    try {
      use.use();
    } finally {
      write(weight.file(), before);
    }
  }

  private static void put(ByteBuffer bytes, int at, Dtype dtype, float value) {
    switch (dtype) {
      case FLOAT32 -> bytes.putFloat(at, value);
      case BFLOAT16 -> bytes.putShort(at, (short) (Float.floatToRawIntBits(value) >> 16));
      case FLOAT16 -> bytes.putShort(at, (short) (Float.isNaN(value) ? 0x7e00 : 0x7c00));
      default -> throw new IllegalArgumentException("weights of " + dtype);
    }
  }

  /** A new file: the old one may still be mapped. */
  private static void write(Path file, byte[] content) throws IOException {
    Files.delete(file);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    }
  }
}
