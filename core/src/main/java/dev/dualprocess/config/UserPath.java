package dev.dualprocess.config;

import java.nio.file.Path;

/**
 * Paths as people write them: {@code ~} and {@code ~/...} are inside the user's home folder. A
 * shell expands these itself, but not behind {@code --out=}.
 */
public final class UserPath {
  private UserPath() {}

  /** The path that is meant. */
  public static Path of(String written) {
    if (written.equals("~")) {
      return home();
    }
    return written.startsWith("~/") ? home().resolve(written.substring(2)) : Path.of(written);
  }

  private static Path home() {
    return Path.of(System.getProperty("user.home"));
  }
}
