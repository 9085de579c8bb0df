package dev.dualprocess.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What to tell of a file that should be there and is not. */
public final class MissingFile {
  private static final Pattern HUB_CACHE =
      Pattern.compile("/models--([^/]+?)--([^/]+)/snapshots/[^/]+/");

  private MissingFile() {}

  /** One line: that there is no such file, why as far as that can be seen, and what to do. */
  public static String line(Path path) {
    if (Files.exists(path) && !Files.isDirectory(path)) {
      return path + ": a device or a pipe, where a file is wanted";
    }
    return path + ": no such file" + why(path.toAbsolutePath());
  }

  private static String why(Path path) {
    Path folder = path.getParent();
    if (Files.isSymbolicLink(path)) {
      return brokenLink(path);
    }
    if (folder == null || Files.isDirectory(path)) {
      return "";
    }
    if (!Files.isDirectory(folder)) {
      return ": there is no folder " + folder.getFileName();
    }
    return isEmpty(folder) ? ": the folder " + folder.getFileName() + " is empty" : "";
  }

  private static String brokenLink(Path link) {
    try {
      return ": a broken link, since %s is not there: %s"
          .formatted(Files.readSymbolicLink(link), remedy(link));
    } catch (IOException e) {
      return ": a broken link: " + remedy(link);
    }
  }

  /** What to do about a file that is not there. */
  public static String remedy(Path missing) {
    Matcher cached = HUB_CACHE.matcher(missing.toAbsolutePath().toString().replace('\\', '/'));
    return cached.find()
        ? "fetch it again with `dualprocess models get %s/%s`"
            .formatted(cached.group(1), cached.group(2))
        : "put the file there, or fetch the model again with `dualprocess models get ID`";
  }

  private static boolean isEmpty(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }
}
