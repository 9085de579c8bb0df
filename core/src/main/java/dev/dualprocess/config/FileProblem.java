package dev.dualprocess.config;

import com.google.common.base.Strings;
import com.google.common.base.Throwables;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why a file cannot be read or written, in words: the system's own classes say it by their name.
 */
public final class FileProblem {
  private static final Pattern NO_ROOM =
      Pattern.compile("No space left|Disk quota exceeded|not enough space|disk is full");

  private FileProblem() {}

  /**
   * The error of a file that could not be written, in one line that names it.
   *
   * @param known names that need not be said again
   */
  public static IOException unwritten(Path path, IOException e, Path... known) {
    return new IOException(
        isOfNoRoom(e)
            ? path + ": no space left on the disk; make room there, or choose another place"
            : path + ": cannot be written: " + reason(e, withPath(path, known)),
        e);
  }

  private static Path[] withPath(Path path, Path... known) {
    return Stream.concat(Stream.of(path), Arrays.stream(known)).toArray(Path[]::new);
  }

  private static boolean isOfNoRoom(IOException e) {
    return Throwables.getCausalChain(e).stream()
        .anyMatch(cause -> NO_ROOM.matcher(String.valueOf(cause.getMessage())).find());
  }

  /**
   * The reason alone.
   *
   * @param known names that need not be said again
   */
  public static String reason(IOException e, Path... known) {
    String told =
        e instanceof FileSystemException system ? ofSystem(system) : first(e.getMessage());
    for (Path path : known) {
      told = told.replace(path + ": ", "");
    }
    return told.isEmpty() ? "the system says no more" : told;
  }

  /** The whole line: the file, and why. */
  public static String line(FileSystemException e) {
    String reason = ofSystem(e);
    String file = Strings.nullToEmpty(e.getFile());
    return file.isEmpty() || reason.startsWith(file) ? reason : file + ": " + reason;
  }

  private static String ofSystem(FileSystemException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "a file of that name is in the way";
    }
    if (e instanceof NotDirectoryException) {
      return "not a folder";
    }
    if (e instanceof DirectoryNotEmptyException) {
      return "the folder is not empty";
    }
    if (e instanceof FileSystemLoopException) {
      return "links go round in a circle";
    }
    return first(e.getReason() == null ? e.getMessage() : e.getReason());
  }

  private static String first(@Nullable String text) {
    return Strings.nullToEmpty(text).lines().findFirst().orElse("");
  }
}
