package dev.dualprocess.consumer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A local Maven repository that holds what this build has made, as consumers will read it, and for
 * the rest links to the user's own.
 */
final class ReactorRepository {
  private static final Path ROOT = Path.of(System.getProperty("root")).normalize();
  private static final String VERSION = System.getProperty("version");
  private static final Pattern ARTIFACT =
      Pattern.compile("<artifactId>([^<]+)</artifactId>\\s*<version>" + Pattern.quote(VERSION));

  private ReactorRepository() {}

  /** The repository in {@code folder}, made anew. */
  static Path in(Path folder) throws IOException {
    Path user = Path.of(System.getProperty("local.repository"));
    link(user, folder, "dev");
    link(user.resolve("dev"), folder.resolve("dev"), "dualprocess");
    for (Path pom : flattened()) {
      install(pom, folder.resolve("dev/dualprocess"));
    }
    return folder;
  }

  /** Every child of {@code from} but one as a link in {@code to}. */
  private static void link(Path from, Path to, String but) throws IOException {
    Files.createDirectories(to);
    if (!Files.isDirectory(from)) {
      return;
    }
    try (Stream<Path> children = Files.list(from)) {
      for (Path child : children.filter(c -> !c.endsWith(but)).toList()) {
        Path link = to.resolve(child.getFileName());
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, child.toAbsolutePath());
      }
    }
  }

  private static List<Path> flattened() throws IOException {
    try (Stream<Path> files =
        Files.find(ROOT, 5, (path, is) -> path.endsWith(Path.of("target", ".flattened-pom.xml")))) {
      return files.filter(pom -> !pom.startsWith(ROOT.resolve("examples/consumer"))).toList();
    }
  }

  private static void install(Path pom, Path group) throws IOException {
    Matcher matcher = ARTIFACT.matcher(Files.readString(pom));
    if (!matcher.find()) {
      throw new IOException(pom + ": names no artifact of version " + VERSION);
    }
    String artifact = matcher.group(1);
    Path to = Files.createDirectories(group.resolve(artifact).resolve(VERSION));
    String stem = artifact + "-" + VERSION;
    Files.copy(pom, to.resolve(stem + ".pom"), StandardCopyOption.REPLACE_EXISTING);
    for (String ending : List.of(".jar", "-tests.jar")) {
      Path jar = pom.resolveSibling(stem + ending);
      if (Files.exists(jar)) {
        Files.copy(jar, to.resolve(stem + ending), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** The project's root folder. */
  static Path root() {
    return ROOT;
  }

  /** The version of what was built. */
  static String version() {
    return VERSION;
  }
}
