package dev.dualprocess.language;

import java.awt.image.BufferedImage;
import java.util.Objects;
import java.util.Optional;

/** A language model that answers a text, perhaps about a picture. Used by one thread at a time. */
public interface Assistant extends AutoCloseable {
  /** A name for people and for files. */
  String name();

  /**
   * Reads the request and writes a reply; may take seconds.
   *
   * @throws AssistantException in one line, if no answer can be had
   */
  Reply reply(Request request);

  @Override
  void close();

  /**
   * A text to answer, and the picture it is about.
   *
   * @param text the whole instruction
   * @param image what it is about, if anything
   * @param maxTokens the longest answer
   * @param temperature 0 for the most probable answer
   * @param attempt 0 at first, counted up when a reply could not be used and is asked for again
   */
  record Request(
      String text, Optional<BufferedImage> image, int maxTokens, double temperature, int attempt) {
    /** Checks that something is asked. */
    public Request {
      Objects.requireNonNull(image, "image");
      if (text.isBlank()) {
        throw new IllegalArgumentException("the instruction is empty");
      }
      if (maxTokens < 1) {
        throw new IllegalArgumentException("an answer needs at least one token");
      }
    }
  }

  /**
   * An answer, with what it took in tokens.
   *
   * @param text as it came
   * @param promptTokens how many tokens were read, 0 if nobody says
   * @param newTokens how many were written
   */
  record Reply(String text, long promptTokens, long newTokens) {}
}
