package dev.dualprocess.weights;

import dev.dualprocess.config.FileProblem;
import dev.dualprocess.config.Interruption;
import dev.dualprocess.config.Secrets;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** Replaces a file as a whole: written under a temporary name beside it, then renamed. */
public final class AtomicFile {
  private static final Pattern TEMPORARY = Pattern.compile("\\..+\\.\\d+\\.tmp");

  private AtomicFile() {}

  /** Fills the file at {@code path}, which exists and is empty. */
  @FunctionalInterface
  public interface Content {
    /** Writes the whole content to that temporary path. */
    void writeTo(Path path) throws IOException;
  }

  /**
   * Removes the temporary files that a killed process left in {@code folder}, which need not exist.
   * Nobody else may be writing there.
   */
  public static void removeUnfinished(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(
            folder, file -> TEMPORARY.matcher(String.valueOf(file.getFileName())).matches())) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * Writes a text for people or programs in UTF-8, {@link Secrets#masked without secrets}, as
   * {@link #write} does.
   */
  public static void writeText(Path path, String text) throws IOException {
    write(path, temporary -> Files.writeString(temporary, Secrets.masked(text)));
  }

  /**
   * Writes {@code content} to a temporary file in the folder of {@code path}, which is made if need
   * be, and renames it. Who may read it is as the system has it for new files (the umask).
   *
   * @throws IOException in one line that names {@code path}, if that fails; a file that stood there
   *     is then as it was
   */
  public static void write(Path path, Content content) throws IOException {
    write(path, content, () -> {});
  }

  /**
   * Writes two files that belong together: neither is there, or replaced, unless both could be
   * written.
   *
   * @throws IOException in one line that names the file, if that fails; files that stood there are
   *     then as they were
   */
  public static void writeBoth(Path first, Content one, Path second, Content other)
      throws IOException {
    IOException[] ofSecond = new IOException[1];
    try {
      write(
          first,
          one,
          () -> {
            try {
              write(second, other);
            } catch (IOException e) {
              ofSecond[0] = e;
              throw e;
            }
          });
    } catch (IOException e) {
      throw ofSecond[0] == null ? e : ofSecond[0];
    }
  }

  /** What has to succeed before a file that was written gets its name. */
  @FunctionalInterface
  private interface Before {
    void run() throws IOException;
  }

  private static void write(Path path, Content content, Before renaming) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    String unique = Long.toUnsignedString(ThreadLocalRandom.current().nextLong());
    Path temporary =
        path.toAbsolutePath().resolveSibling("." + path.getFileName() + "." + unique + ".tmp");
    try {
      Files.createFile(temporary);
      content.writeTo(temporary);
      renaming.run();
      try {
        Files.move(
            temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (ClosedByInterruptException e) {
      throw Interruption.of(path, "written", e);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw FileProblem.unwritten(path, e, temporary);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
