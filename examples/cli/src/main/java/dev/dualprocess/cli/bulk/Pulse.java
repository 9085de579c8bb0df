package dev.dualprocess.cli.bulk;

import dev.dualprocess.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Whether those who began tries are still at them. A process of this machine is looked for; one of
 * another machine touches its file every so often, and has ended when that is not seen for long
 * enough by the clock of whoever waits.
 */
final class Pulse {
  /** How often a try's file is touched. */
  static final Duration BEAT = Duration.ofSeconds(5);

  /** How long a file is not touched by whoever has ended. */
  static final Duration SILENCE = Duration.ofSeconds(60);

  private final Duration silence;
  private final Map<Path, Seen> seen = new HashMap<>();

  private record Seen(FileTime touched, long since) {}

  Pulse(Duration silence) {
    this.silence = silence;
  }

  /**
   * Whether somebody is at it.
   *
   * @param attempt that has not ended
   * @param file of the try
   * @param run the job's folder
   */
  boolean beats(Attempt attempt, Path file, Path run) {
    if (attempt.by().here()) {
      return attempt.by().alive() || RunFolder.isBeingWritten(run);
    }
    return touched(file);
  }

  private boolean touched(Path file) {
    try {
      FileTime now = Files.getLastModifiedTime(file);
      Seen last = seen.get(file);
      if (last == null || !last.touched().equals(now)) {
        seen.put(file, new Seen(now, System.nanoTime()));
        return true;
      }
      return System.nanoTime() - last.since() < silence.toNanos();
    } catch (IOException e) {
      return true; // its end is being noted
    }
  }
}
