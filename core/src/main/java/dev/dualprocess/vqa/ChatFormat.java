package dev.dualprocess.vqa;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The conversation that a family of models wants a question put in.
 *
 * @param template text with a place for the image's tokens and one for the question
 * @param textTemplate the same without an image
 * @param imageToken holds the place of one image token
 */
public record ChatFormat(String template, String textTemplate, String imageToken) {
  /** Reads {@code chat.txt} and {@code chat-text.txt} beside {@code owner}. */
  public static ChatFormat load(Class<?> owner, String imageToken) {
    return new ChatFormat(read(owner, "chat.txt"), read(owner, "chat-text.txt"), imageToken);
  }

  private static String read(Class<?> owner, String name) {
    try (InputStream in = owner.getResourceAsStream(name)) {
      // A checkout with other line ends must not change the tokens.
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text up to where the answer begins. */
  public String prompt(String question, int imageTokens) {
    return (imageTokens == 0 ? textTemplate : template)
        .replace("{image_tokens}", imageToken.repeat(imageTokens))
        .replace("{question}", question);
  }
}
