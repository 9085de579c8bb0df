package dev.dualprocess.lora.format;

import dev.dualprocess.config.OneLine;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression for the paths of modules, from a file or a person, that ends in bounded time
 * whatever it is.
 */
public final class PathPattern {
  private static final long MOST_LOOKS = 30_000_000; // at characters: about a second
  private static final int LONGEST = 10_000; // characters of an expression

  private static final int SHOWN = 200; // characters of one, in a message

  private final String written;
  private final Pattern pattern;
  private final Looks looks;

  private PathPattern(String written, Pattern pattern, Looks looks) {
    this.written = written;
    this.pattern = pattern;
    this.looks = looks;
  }

  /** How often the patterns of one file or option may still look at a character. */
  static final class Looks {
    private long left = MOST_LOOKS;

    private void take() {
      if (--left < 0) {
        throw new TooManyLooks();
      }
    }
  }

  /**
   * For paths that match as a whole.
   *
   * @throws IllegalArgumentException in one line that shows {@code written}, if it is none
   */
  public static PathPattern of(String written) {
    return of(written, written, new Looks());
  }

  /** For paths that end so, from a dot on. */
  static PathPattern ofEnd(String written, Looks looks) {
    return of(written, "(.*\\.)?(" + written + ")", looks);
  }

  private static PathPattern of(String written, String whole, Looks looks) {
    Objects.requireNonNull(written, "written");
    if (written.length() > LONGEST) {
      throw new IllegalArgumentException(
          "a regular expression of %d characters is too long".formatted(written.length()));
    }
    try {
      return new PathPattern(written, Pattern.compile(whole), looks);
    } catch (PatternSyntaxException | StackOverflowError e) {
      throw new IllegalArgumentException(
          "'%s' is no regular expression%s".formatted(shown(written), why(e, written)), e);
    }
  }

  private static String shown(String text) {
    return OneLine.shortened(text, SHOWN);
  }

  /** The reader's own words where they tell something. */
  private static String why(Throwable e, String written) {
    return e instanceof PatternSyntaxException syntax && !written.endsWith("\\")
        ? ": " + syntax.getDescription().lines().findFirst().orElse("")
        : "";
  }

  /**
   * Whether the whole of {@code path} matches.
   *
   * @throws IllegalArgumentException in one line, if that would take for ever
   */
  public boolean matches(String path) {
    try {
      return pattern.matcher(new Counted(path, 0, path.length(), looks)).matches();
    } catch (TooManyLooks | StackOverflowError e) {
      throw new IllegalArgumentException(
          "the regular expression '%s' takes too long on '%s'; write it with fewer repetitions"
              .formatted(shown(written), shown(path)),
          e);
    }
  }

  private static final class TooManyLooks extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyLooks() {
      super("too many looks", null, false, false);
    }
  }

  /** A text that counts how often it is looked at. */
  private record Counted(String text, int start, int end, Looks looks) implements CharSequence {
    @Override
    public char charAt(int index) {
      looks.take();
      return text.charAt(start + index);
    }

    @Override
    public int length() {
      return end - start;
    }

    @Override
    public CharSequence subSequence(int from, int to) {
      return new Counted(text, start + from, start + to, looks);
    }

    @Override
    public String toString() {
      return text.substring(start, end);
    }
  }
}
