package dev.dualprocess.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Copies of folders, which tests may spoil. */
public final class CopiedFolder {
  private CopiedFolder() {}

  /** Copies everything in {@code from}; gives {@code to}. */
  public static Path of(Path from, Path to) throws IOException {
    return of(from, to, file -> true);
  }

  /** Copies the files that are wanted; gives {@code to}. */
  public static Path of(Path from, Path to, Predicate<Path> wanted) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).filter(wanted).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    return to;
  }
}
