package dev.dualprocess.vqa;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The conversation that a family of models wants a question put in.
 *
 * @param template text with a place for the image's tokens and one for the question
 * @param imageToken holds the place of one image token
 */
public record ChatFormat(String template, String imageToken) {
  /** Reads {@code chat.txt} beside {@code owner}. */
  public static ChatFormat load(Class<?> owner, String imageToken) {
    try (InputStream in = owner.getResourceAsStream("chat.txt")) {
      // A checkout with other line ends must not change the tokens.
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new ChatFormat(text.replace("\r\n", "\n"), imageToken);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text up to where the answer begins. */
  public String prompt(String question, int imageTokens) {
    return template
        .replace("{image_tokens}", imageToken.repeat(imageTokens))
        .replace("{question}", question);
  }
}
