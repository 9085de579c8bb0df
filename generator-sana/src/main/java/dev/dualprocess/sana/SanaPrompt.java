package dev.dualprocess.sana;

import com.google.common.base.CharMatcher;
import com.google.common.io.Resources;
import dev.dualprocess.text.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A text as Sana's pipeline gives it to Gemma-2: in lower case, without blanks around it, behind an
 * instruction or not.
 *
 * @param text what the user wrote
 * @param instruction what stands before it, empty for nothing
 */
record SanaPrompt(String text, String instruction) {
  /** Tokens that the generator sees, padding included. */
  static final int LENGTH = 300;

  /** What guidance steers away from. */
  static final SanaPrompt NEGATIVE = plain("");

  /** What Python's {@code strip} removes: Unicode's white space and four separators. */
  private static final CharMatcher BLANK =
      CharMatcher.whitespace().or(CharMatcher.inRange('\u001c', '\u001f'));

  /** The text alone, as in training. */
  static SanaPrompt plain(String text) {
    return new SanaPrompt(text, "");
  }

  /** The text behind the pipeline's own instruction to describe more than it says. */
  static SanaPrompt instructed(String text) {
    return new SanaPrompt(text, instruction("instruction.txt"));
  }

  private static String instruction(String resource) {
    try {
      // A checkout with other line ends must not change the tokens.
      return Resources.toString(
              Resources.getResource(SanaPrompt.class, resource), StandardCharsets.UTF_8)
          .replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The whole text for Gemma-2. */
  String whole() {
    return instruction + BLANK.trimFrom(text.toLowerCase(Locale.ROOT));
  }

  /**
   * The ids of the whole text, padded on the right: as many as the instruction has and {@link
   * #LENGTH} more, less the opening token that both count and one more, as in the pipeline.
   */
  SanaTokens tokens(Tokenizer tokenizer) {
    int length = length(tokenizer);
    long[] ids = tokenizer.encodeTruncated(whole(), length);
    long[] padded = Arrays.copyOf(ids, length);
    Arrays.fill(padded, ids.length, length, tokenizer.padId());
    return SanaTokens.of(padded, ids.length);
  }

  /** How many tokens of the whole text are read, the opening one included. */
  int length(Tokenizer tokenizer) {
    return instruction.isEmpty() ? LENGTH : tokenizer.encode(instruction).length + LENGTH - 2;
  }
}
