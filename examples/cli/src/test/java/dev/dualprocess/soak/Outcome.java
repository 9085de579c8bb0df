package dev.dualprocess.soak;

import java.io.IOException;
import java.util.regex.Pattern;

/** How the reading of an input may end. */
enum Outcome {
  REFUSED,
  ACCEPTED,
  ABORTED,
  OVER_TIME,
  OVER_MEMORY;

  /** Words of Java, of a library or of libtorch, which tell a person nothing. */
  private static final Pattern WORDS_OF_PROGRAMS =
      Pattern.compile(
          "\\b(java|javax|sun|dev|com|org)\\.[a-z]+\\.|Exception\\b|\\bnull\\b.*\\bbecause\\b|"
              + "\\[Source|Index \\d+ out of bounds|without overflow|Exception raised from");

  /** Whether nothing may end so. */
  boolean isFault() {
    return this != REFUSED && this != ACCEPTED;
  }

  /** What an exception stands for: a refusal is told in one line, in words. */
  static Outcome of(Throwable thrown) {
    if (thrown instanceof OutOfMemoryError) {
      return OVER_MEMORY;
    }
    boolean refusal =
        thrown instanceof IOException
            || thrown instanceof IllegalArgumentException
            || (thrown instanceof IllegalStateException
                && String.valueOf(thrown.getMessage()).contains("not finite"));
    return refusal && inWords(thrown.getMessage()) ? REFUSED : ABORTED;
  }

  static boolean inWords(String message) {
    return message != null
        && !message.isBlank()
        && message.lines().count() == 1
        && !WORDS_OF_PROGRAMS.matcher(message).find();
  }
}
