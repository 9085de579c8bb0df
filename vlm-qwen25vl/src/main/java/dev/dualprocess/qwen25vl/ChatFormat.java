package dev.dualprocess.qwen25vl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The conversation that a question is put in: {@code chat.txt} beside this class.
 *
 * @param template text with a place for the image's tokens and one for the question
 */
record ChatFormat(String template) {
  /** Holds the place of one image token. */
  static final String IMAGE_TOKEN = "<|image_pad|>";

  static ChatFormat load() {
    try (InputStream in = ChatFormat.class.getResourceAsStream("chat.txt")) {
      // A checkout with other line ends must not change the tokens.
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new ChatFormat(text.replace("\r\n", "\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text up to where the answer begins. */
  String prompt(String question, int imageTokens) {
    return template
        .replace("{image_tokens}", IMAGE_TOKEN.repeat(imageTokens))
        .replace("{question}", question);
  }
}
