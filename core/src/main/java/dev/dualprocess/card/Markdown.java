package dev.dualprocess.card;

import com.google.common.base.CharMatcher;

/** Texts of people inside a Markdown page. */
final class Markdown {
  private static final String SPECIAL = "\\`*_{}[]<>#|&~!$";

  private Markdown() {}

  /** A text that reads as it is, in one line, whatever it contains. */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    CharMatcher.javaIsoControl()
        .replaceFrom(text, ' ')
        .codePoints()
        .forEach(
            c -> {
              if (SPECIAL.indexOf(c) >= 0) {
                escaped.append('\\');
              }
              escaped.appendCodePoint(c);
            });
    // What would begin a list.
    return escaped
        .toString()
        .replaceFirst("^(\\s*)([-+])(?=\\s|$)", "$1\\\\$2")
        .replaceFirst("^(\\s*\\d+)([.)])(?=\\s|$)", "$1\\\\$2");
  }
}
