package dev.dualprocess.vqa;

import com.google.common.base.CharMatcher;
import dev.dualprocess.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The conversation that a family of models wants a question put in.
 *
 * @param template text with a place for the image and one for the question
 * @param textTemplate the same without an image
 * @param imageToken holds the place of one image token
 * @param specialTokens whether the tokenizer adds its own special tokens to what is written out
 */
public record ChatFormat(
    String template, String textTemplate, ImageToken imageToken, boolean specialTokens) {
  /** Reads {@code chat.txt} and {@code chat-text.txt} beside {@code owner}. */
  public static ChatFormat load(Class<?> owner, ImageToken imageToken, boolean specialTokens) {
    return new ChatFormat(
        read(owner, "chat.txt"), read(owner, "chat-text.txt"), imageToken, specialTokens);
  }

  private static String read(Class<?> owner, String name) {
    try (InputStream in = owner.getResourceAsStream(name)) {
      // A checkout with other line ends must not change the tokens.
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The tokens of a question, ready for an answer. A format may end in a blank, which is a token of
   * its own only while nothing follows; an answer begins with a token that has the blank inside.
   */
  public long[] promptIds(Tokenizer tokenizer, String question, ImageLayout image) {
    return encode(tokenizer, CharMatcher.is(' ').trimTrailingFrom(prompt(question, image)));
  }

  /** The tokens of a question with its answer. */
  public AnswerPrompt answerPrompt(
      Tokenizer tokenizer, String question, String answer, ImageLayout image) {
    String prompt = prompt(question, image);
    return AnswerPrompt.of(encode(tokenizer, prompt), encode(tokenizer, prompt + answer));
  }

  /** The text up to where the answer begins. */
  private String prompt(String question, ImageLayout image) {
    return (image.tokens() == 0 ? textTemplate : template)
        .replace("{image_tokens}", image.text(imageToken.text()))
        .replace("{question}", question);
  }

  private long[] encode(Tokenizer tokenizer, String text) {
    return specialTokens ? tokenizer.encode(text) : tokenizer.encodePlain(text);
  }
}
