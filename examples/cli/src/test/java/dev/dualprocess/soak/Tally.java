package dev.dualprocess.soak;

import dev.dualprocess.testing.SoakRow;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Counts in a mapped file, which survive the process that counts. */
final class Tally {
  private static final List<Outcome> OUTCOMES = List.of(Outcome.values());
  private static final int COLUMNS = 1 + OUTCOMES.size(); // the next seed, then outcomes
  private static final int READERS = Long.BYTES; // behind which of them reads

  private final MappedByteBuffer counts;

  Tally(Path file, int readers) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      counts = channel.map(FileChannel.MapMode.READ_WRITE, 0, READERS + 8L * COLUMNS * readers);
    }
  }

  /** The reader that reads now, or read last. */
  int reader() {
    return (int) counts.getLong(0);
  }

  /** Begins with another reader. */
  void begin(int reader) {
    counts.putLong(0, reader);
  }

  /** The seed that a reader reads now, or will read next. */
  long seed(int reader) {
    return counts.getLong(at(reader, 0));
  }

  long count(int reader, Outcome outcome) {
    return counts.getLong(at(reader, 1 + OUTCOMES.indexOf(outcome)));
  }

  private static int at(int reader, int column) {
    return READERS + 8 * (COLUMNS * reader + column);
  }

  /** Notes how the seed of the reader that reads now ended, and goes to the next. */
  void note(Outcome outcome) {
    int at = at(reader(), 1 + OUTCOMES.indexOf(outcome));
    counts.putLong(at, counts.getLong(at) + 1);
    counts.putLong(at(reader(), 0), seed(reader()) + 1);
  }

  SoakRow row(int reader, String name) {
    return new SoakRow(
        "mutations: " + name,
        seed(reader),
        count(reader, Outcome.REFUSED),
        count(reader, Outcome.ACCEPTED),
        count(reader, Outcome.ABORTED),
        count(reader, Outcome.OVER_TIME),
        count(reader, Outcome.OVER_MEMORY));
  }
}
