package dev.dualprocess.config;

import java.util.regex.Pattern;

/** Texts of files in messages: their line breaks would make two lines of one. */
public final class OneLine {
  private static final Pattern BREAK = Pattern.compile("[\\p{Cntrl}\\u2028\\u2029]");
  private static final int LONGEST = 2_000;

  private OneLine() {}

  /** The text with its control characters in the way Java writes them, cut if it is very long. */
  public static String of(String text) {
    return BREAK
        .matcher(shortened(text, LONGEST))
        .replaceAll(found -> escaped(found.group().charAt(0)));
  }

  /** At most so many characters of a text, and dots where there are more. */
  public static String shortened(String text, int most) {
    return text.length() > most ? text.substring(0, most) + "..." : text;
  }

  private static String escaped(char c) {
    return c == '\n' ? "\\\\n" : "\\\\u%04x".formatted((int) c);
  }
}
