package dev.dualprocess.cli.drawing;

import dev.dualprocess.config.FileProblem;
import dev.dualprocess.config.MissingFile;
import dev.dualprocess.run.Slug;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file of texts for a generator, one a line. Empty lines and those that begin with # do not
 * count.
 *
 * @param path of the file
 */
public record TextsFile(Path path) {
  private static final long MOST_BYTES = 1L << 24;
  private static final int MOST_CHARACTERS = 10_000;

  /**
   * All texts. Pictures of each are named by its {@linkplain Slug slug}, with a number where an
   * earlier text has the same.
   *
   * @throws IOException in one line that names the place, if one is refused
   */
  public List<NamedText> read() throws IOException {
    Map<String, Integer> lineOf = new HashMap<>();
    Set<String> taken = new HashSet<>();
    List<NamedText> texts = new ArrayList<>();
    int number = 0;
    for (String line : lines()) {
      number++;
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      requireShort(text, number);
      Integer before = lineOf.put(text, number);
      if (before != null) {
        throw refused(number, "the same text as in line " + before + "; take one of them away");
      }
      texts.add(new NamedText(text, unused(Slug.of(text), taken) + "-"));
    }
    if (texts.isEmpty()) {
      throw new IOException(path + ": no texts");
    }
    return List.copyOf(texts);
  }

  private void requireShort(String text, int number) throws IOException {
    if (text.length() > MOST_CHARACTERS) {
      throw refused(
          number,
          "%d characters, more than any prompt's %d".formatted(text.length(), MOST_CHARACTERS));
    }
  }

  private IOException refused(int number, String why) {
    return new IOException("%s, line %d: %s".formatted(path, number, why));
  }

  private static String unused(String slug, Set<String> taken) {
    String name = slug;
    for (int i = 2; !taken.add(name); i++) {
      name = slug + "-" + i;
    }
    return name;
  }

  private List<String> lines() throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new IOException(MissingFile.line(path));
    }
    if (Files.size(path) > MOST_BYTES) {
      throw new IOException(path + ": larger than any file of texts");
    }
    try {
      List<String> lines = new ArrayList<>(Files.readAllLines(path));
      lines.replaceAll(line -> line.startsWith("\uFEFF") ? line.substring(1) : line);
      return lines;
    } catch (CharacterCodingException e) {
      throw new IOException(path + ": not a text in UTF-8", e);
    } catch (IOException e) {
      throw new IOException(path + ": cannot be read: " + FileProblem.reason(e, path), e);
    }
  }
}
