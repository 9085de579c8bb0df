package dev.dualprocess.config;

import java.util.regex.Pattern;

/** Texts of files in messages: their line breaks would make two lines of one. */
public final class OneLine {
  private static final Pattern BREAK = Pattern.compile("[\\p{Cntrl}\\u2028\\u2029]");
  private static final int LONGEST = 2_000;

  private OneLine() {}

  /** The text with its control characters in the way Java writes them, cut if it is very long. */
  public static String of(String text) {
    String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
    return BREAK.matcher(shown).replaceAll(found -> escaped(found.group().charAt(0)));
  }

  private static String escaped(char c) {
    return c == '\n' ? "\\\\n" : "\\\\u%04x".formatted((int) c);
  }
}
