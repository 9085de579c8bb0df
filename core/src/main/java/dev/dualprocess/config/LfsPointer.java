package dev.dualprocess.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The small text that stands in a clone for a large file which Git LFS did not fetch. */
public final class LfsPointer {
  /** How every such file begins. */
  public static final String START = "version https://git-lfs.github.com/spec/";

  private LfsPointer() {}

  /** Whether a file that begins like this is one. */
  public static boolean begins(byte[] content) {
    int length = Math.min(content.length, START.length());
    return new String(content, 0, length, StandardCharsets.ISO_8859_1).equals(START);
  }

  /** What to tell of such a file, in one line. */
  public static String line(Path path) {
    return "%s: a Git LFS pointer, not the file itself: run `git lfs pull` in %s"
        .formatted(path, path.toAbsolutePath().getParent());
  }
}
