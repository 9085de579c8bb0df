package dev.dualprocess.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What the libraries logged, where slf4j-simple writes to a file as in this project's builds. Not
 * for tests that run beside others in one JVM.
 */
public final class LoggedLines {
  private static final String FILE = "org.slf4j.simpleLogger.logFile";

  private LoggedLines() {}

  /** Something that may log. */
  @FunctionalInterface
  public interface Action {
    /** Runs it. */
    void run() throws Exception;
  }

  /**
   * The lines that were logged as warnings while {@code action} ran, in their order.
   *
   * @throws IllegalStateException if the log does not go to a file
   */
  public static List<String> warnings(Action action) throws Exception {
    String name = System.getProperty(FILE);
    if (name == null) {
      throw new IllegalStateException("the system property " + FILE + " names no file");
    }
    Path file = Path.of(name);
    long before = file.toFile().length();
    action.run();
    return from(file, before).stream().filter(line -> line.contains(" WARN ")).toList();
  }

  private static List<String> from(Path file, long start) throws IOException {
    if (!file.toFile().isFile()) {
      return List.of();
    }
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      log.seek(start);
      byte[] added = new byte[Math.toIntExact(log.length() - start)];
      log.readFully(added);
      return new String(added, StandardCharsets.UTF_8).lines().toList();
    }
  }
}
