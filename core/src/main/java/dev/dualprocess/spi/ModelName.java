package dev.dualprocess.spi;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What people call the model in a folder. */
public final class ModelName {
  private static final Pattern SNAPSHOT =
      Pattern.compile(".*/models--([^/]+?)--([^/]+)/snapshots/[^/]+");

  private ModelName() {}

  /**
   * The hub's id for a snapshot in its cache ({@code models--ORG--NAME/snapshots/REVISION}), else
   * the folder's name.
   */
  public static String of(Path folder) {
    Path whole = folder.toAbsolutePath().normalize();
    Matcher snapshot = SNAPSHOT.matcher(whole.toString().replace('\\', '/'));
    return snapshot.matches()
        ? snapshot.group(1) + "/" + snapshot.group(2)
        : String.valueOf(whole.getFileName());
  }
}
