package dev.dualprocess.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a download behaves; tests are less patient.
 *
 * @param connect how long a connection may take
 * @param stall after how long without a byte a request is given up and made again
 * @param attempts how often in a row a request may fail without having brought a byte
 * @param pause before the first repetition; it doubles from one to the next
 * @param longest that is ever waited, whatever a server asks for
 * @param parallel how many files arrive at a time
 * @param space how many bytes a folder has room for
 * @param links how a snapshot refers to its content
 */
record Tuning(
    Duration connect,
    Duration stall,
    int attempts,
    Duration pause,
    Duration longest,
    int parallel,
    Space space,
    Links links) {
  static final Tuning DEFAULT =
      new Tuning(
          Duration.ofSeconds(10),
          Duration.ofSeconds(20),
          6,
          Duration.ofSeconds(1),
          Duration.ofMinutes(5),
          4,
          folder -> Files.getFileStore(folder).getUsableSpace(),
          Links.SYSTEM);

  /** How much room there is. */
  interface Space {
    long free(Path existingFolder) throws IOException;
  }
}
