package dev.dualprocess.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * How much of the soak runs, the system property {@code soak.scale} (1 is all of it), and its
 * table, {@code target/soak/table.md} in the project's folder.
 */
public final class Soak {
  private static final double SCALE = Double.parseDouble(System.getProperty("soak.scale", "0.01"));

  private Soak() {}

  /** How often something is tried that a whole soak tries so often. */
  public static int times(int whole) {
    return (int) Math.max(1, Math.round(whole * SCALE));
  }

  /** All values in a whole soak, else a part of them, which {@code first} chooses. */
  public static <T> List<T> some(List<T> values, int first) {
    return Stream.concat(values.stream().skip(first % values.size()), values.stream())
        .limit(times(values.size()))
        .toList();
  }

  /** Which part of a whole soak runs. */
  public static String part() {
    return Double.toString(SCALE);
  }

  /** Puts a row into the table, in which it takes the place of an earlier one. */
  public static void tell(SoakRow row) {
    Path folder = Fixtures.projectRoot().resolve("target/soak");
    try {
      Path rows = Files.createDirectories(folder.resolve("rows"));
      Files.writeString(rows.resolve(row.what().replaceAll("\\W+", "-")), row.line() + "\n");
      try (FileChannel other =
          FileChannel.open(
              folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        other.lock();
        Files.writeString(folder.resolve("table.md"), table(rows));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.println(row.line());
  }

  private static String table(Path rows) throws IOException {
    StringBuilder table = new StringBuilder(SoakRow.HEADING);
    try (Stream<Path> files = Files.list(rows)) {
      List<Path> sorted = files.sorted().toList();
      for (Path row : sorted) {
        table.append(Files.readString(row));
      }
    }
    return table.toString();
  }
}
