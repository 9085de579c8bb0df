package dev.dualprocess.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Ends processes by {@code kill -9}, at moments by chance. Each method tells whether the process
 * still ran.
 *
 * @param random where the moments come from
 */
record Kill(SplittableRandom random) {
  private static final long LONGEST = 180;

  /** A process, which is started with more options for its JVM. */
  @FunctionalInterface
  interface Start {
    Process with(List<String> options) throws IOException;
  }

  /** At a random moment of those milliseconds. */
  boolean atAnyMoment(Start start, long millis) throws IOException, InterruptedException {
    return within(start.with(List.of()), millis);
  }

  /** At a random moment of the milliseconds after that file came. */
  boolean after(Path file, Start start, long millis) throws IOException, InterruptedException {
    Process process = start.with(List.of());
    while (process.isAlive() && !Files.exists(file)) {
      Thread.sleep(5);
    }
    return within(process, millis);
  }

  /** Just before one of the first files that it writes gets its name. */
  boolean beforeRename(Start start, int most) throws IOException, InterruptedException {
    try (Renames renames = new Renames()) {
      Process process = start.with(List.of(renames.option()));
      return renames.await(random.nextInt(most)) ? end(process) : within(process, LONGEST * 1000);
    }
  }

  private boolean within(Process process, long millis) throws InterruptedException {
    return !process.waitFor(random.nextLong(millis), TimeUnit.MILLISECONDS) && end(process);
  }

  private static boolean end(Process process) throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(LONGEST, TimeUnit.SECONDS)) {
      throw new IllegalStateException("a killed process still runs");
    }
    return process.exitValue() != 0;
  }
}
