package dev.dualprocess.language;

import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The words a language model is asked with: {@code expand.txt}, {@code questions.txt}, {@code
 * judge.txt}. Names in braces are filled in. Immutable.
 */
public final class Instructions {
  private static final long MOST_BYTES = 1_000_000;

  private final Map<Kind, String> texts; // of every kind

  /** Each is a file of its own. */
  enum Kind {
    EXPAND,
    QUESTIONS,
    JUDGE;

    String file() {
      return name().toLowerCase(Locale.ROOT) + ".txt";
    }
  }

  private Instructions(Map<Kind, String> texts) {
    this.texts = texts;
  }

  /** The instructions that come with the library. */
  public static Instructions bundled() {
    Map<Kind, String> texts = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      texts.put(kind, bundled(kind));
    }
    return new Instructions(texts);
  }

  /**
   * Those of a folder; what it does not have is the library's own.
   *
   * @throws IOException in one line, if there is no such folder, it has none of the files, or one
   *     of them cannot be read
   */
  public static Instructions in(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + ": no such directory");
    }
    Map<Kind, String> texts = new EnumMap<>(Kind.class);
    boolean any = false;
    for (Kind kind : Kind.values()) {
      Path file = folder.resolve(kind.file());
      boolean own = Files.isRegularFile(file);
      texts.put(kind, own ? read(file) : bundled(kind));
      any |= own;
    }
    if (!any) {
      throw new IOException(folder + ": has none of expand.txt, questions.txt and judge.txt");
    }
    return new Instructions(texts);
  }

  private static String read(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new IOException(
          "%s: %d bytes, more than the %d that instructions may have"
              .formatted(file, Files.size(file), MOST_BYTES));
    }
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": not a text in UTF-8", e);
    }
  }

  private static String bundled(Kind kind) {
    try {
      return Resources.toString(
          Resources.getResource(Instructions.class, kind.file()), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One of them with its names filled in: {@code {name}} becomes the value. */
  String fill(Kind kind, Map<String, ?> values) {
    String text = Objects.requireNonNull(texts.get(kind)).replace("\r\n", "\n").strip();
    // In one pass, so that a value that has braces itself is left alone.
    StringBuilder filled = new StringBuilder();
    int at = 0;
    for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', open + 1)) {
      int close = text.indexOf('}', open);
      String name = close < 0 ? "" : text.substring(open + 1, close);
      if (values.containsKey(name)) {
        filled.append(text, at, open).append(values.get(name));
        at = close + 1;
      }
    }
    return filled.append(text.substring(at)).toString().strip();
  }
}
