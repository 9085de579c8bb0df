package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the project's documents point at is there: files that move take their links along. */
class DocumentLinksTest {
  private static final Path ROOT = root();

  /** {@code [text](target)} and {@code ![text](target)}; the target without its {@code #place}. */
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s#]+)(?:#[^)\\s]*)?\\)");

  private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("CONTRIBUTING.md"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  static List<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(
              Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
                  .map(ROOT::resolve),
              docs.filter(file -> file.toString().endsWith(".md")).sorted())
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyRelativeLinkIsAFile(Path document) throws IOException {
    List<String> broken =
        links(document).filter(link -> !Files.exists(document.resolveSibling(link))).toList();
    assertEquals(List.of(), broken, document.toString());
  }

  @Test
  void thereAreLinks() throws IOException {
    assertTrue(links(ROOT.resolve("README.md")).count() > 10);
  }

  private static Stream<String> links(Path document) throws IOException {
    return LINK.matcher(Files.readString(document))
        .results()
        .map((MatchResult match) -> match.group(1))
        .filter(target -> !ELSEWHERE.matcher(target).matches());
  }
}
