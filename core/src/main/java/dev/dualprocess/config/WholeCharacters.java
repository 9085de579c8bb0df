package dev.dualprocess.config;

/** Texts as Java keeps them may hold one half of a character that takes two. */
public final class WholeCharacters {
  private static final int SHOWN = 20; // characters before the place

  private WholeCharacters() {}

  /** Where the first half without its other half stands, -1 if there is none. */
  public static int half(String text) {
    int at = 0;
    while (at < text.length()) {
      int character = text.codePointAt(at);
      if (character <= Character.MAX_VALUE && Character.isSurrogate((char) character)) {
        return at;
      }
      at += Character.charCount(character);
    }
    return -1;
  }

  /**
   * The text, if all its characters are whole.
   *
   * @param what people call the text
   * @throws IllegalArgumentException in one line, if one is half
   */
  public static String require(String text, String what) {
    int half = half(text);
    if (half < 0) {
      return text;
    }
    String before = text.substring(Math.max(0, half - SHOWN), half).replaceAll("\\s+", " ");
    throw new IllegalArgumentException(
        "%s has half of a character (U+%04X) at position %d, behind '%s': type that character again"
            .formatted(what, (int) text.charAt(half), half, before));
  }
}
