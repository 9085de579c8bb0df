package dev.dualprocess.weights;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Replaces a file as a whole: written under a temporary name beside it, then renamed. */
public final class AtomicFile {
  private AtomicFile() {}

  /** Fills the file at {@code path}, which exists and is empty. */
  @FunctionalInterface
  public interface Content {
    /** Writes the whole content to that temporary path. */
    void writeTo(Path path) throws IOException;
  }

  /**
   * Writes {@code content} to a temporary file in the folder of {@code path}, which is made if need
   * be, and renames it.
   *
   * @throws IOException if that fails; a file that stood at {@code path} is then as it was
   */
  public static void write(Path path, Content content) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path temporary = Files.createTempFile(folder, "." + path.getFileName(), ".tmp");
    try {
      content.writeTo(temporary);
      try {
        Files.move(
            temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
