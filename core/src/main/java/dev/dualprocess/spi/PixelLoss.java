package dev.dualprocess.spi;

import dev.dualprocess.Question;

/**
 * A judgement of an image in plain arithmetic, with its own gradient: all that a verifier in plain
 * Java needs to say. See {@link PixelVerifier}.
 */
@FunctionalInterface
public interface PixelLoss {
  /**
   * The loss -log p(answer) of one image, at least 0.
   *
   * @param pixels red plane, green plane, blue plane, each row by row; nominally in [-1, 1]
   * @param height rows
   * @param width columns
   * @param question what is asked, and the answer that is wanted
   * @param gradient as long as {@code pixels}, all zero: d(loss)/d(pixel) goes here
   * @throws IllegalArgumentException if it does not understand the question or the answer
   */
  double loss(float[] pixels, int height, int width, Question question, float[] gradient);
}
