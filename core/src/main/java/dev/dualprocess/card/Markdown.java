package dev.dualprocess.card;

/** Texts of people inside a Markdown page. */
final class Markdown {
  private static final String SPECIAL = "\\`*_{}[]<>#|&~!$";

  private Markdown() {}

  /** A text that reads as it is, in one line, whatever it contains. */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .map(c -> Character.isISOControl(c) ? ' ' : c)
        .forEach(
            c -> {
              if (SPECIAL.indexOf(c) >= 0) {
                escaped.append('\\');
              }
              escaped.appendCodePoint(c);
            });
    return escaped.toString();
  }
}
