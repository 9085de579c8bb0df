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
    write(first, one, () -> write(second, other));
  }

  /** A part of the work. */
  @FunctionalInterface
  private interface Part {
    void run() throws IOException;
  }

  private static void write(Path path, Content content, Part beforeRenaming) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    String unique = Long.toUnsignedString(ThreadLocalRandom.current().nextLong());
    Path temporary =
        path.toAbsolutePath().resolveSibling("." + path.getFileName() + "." + unique + ".tmp");
    try {
      naming(
          path,
          temporary,
          () -> {
            Files.createFile(temporary);
            content.writeTo(temporary);
          });
      beforeRenaming.run();
      naming(path, temporary, () -> rename(temporary, path));
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void rename(Path temporary, Path path) throws IOException {
    try {
      Files.move(
          temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** What fails in {@code part} is told of {@code path}. */
  private static void naming(Path path, Path temporary, Part part) throws IOException {
    try {
      part.run();
    } catch (ClosedByInterruptException e) {
      throw Interruption.of(path, "written", e);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw FileProblem.unwritten(path, e, temporary);
    }
  }
}
