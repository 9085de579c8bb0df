package dev.dualprocess.hub;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/** How a snapshot's file refers to a blob. */
interface Links {
  /** As the system has it; those that it has not throw. */
  Links SYSTEM = new Links() {};

  /** A symbolic link with that text. */
  default void symbolic(Path link, Path text) throws IOException {
    Files.createSymbolicLink(link, text);
  }

  /** A second name of the same content. */
  default void hard(Path link, Path blob) throws IOException {
    Files.createLink(link, blob);
  }

  /**
   * Makes {@code link} refer to {@code blob}: by a relative link, so that the cache can be moved;
   * where there are none (Windows without its developer mode) by a second name; else it is a copy.
   */
  default void make(Path link, Path blob) throws IOException {
    Path folder = Objects.requireNonNull(link.getParent());
    Files.createDirectories(folder);
    Files.deleteIfExists(link);
    try {
      symbolic(link, folder.relativize(blob));
    } catch (FileAlreadyExistsException e) {
      return; // another process was faster
    } catch (IOException | UnsupportedOperationException noSymbolicLinks) {
      secondName(link, blob);
    }
  }

  private void secondName(Path link, Path blob) throws IOException {
    try {
      hard(link, blob);
    } catch (FileAlreadyExistsException e) {
      return; // another process was faster
    } catch (IOException | UnsupportedOperationException noLinks) {
      Path whole = link.resolveSibling("." + link.getFileName() + ".tmp");
      Files.copy(blob, whole, StandardCopyOption.REPLACE_EXISTING);
      Files.move(whole, link, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
