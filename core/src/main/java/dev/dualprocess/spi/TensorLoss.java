package dev.dualprocess.spi;

import dev.dualprocess.Question;
import org.bytedeco.pytorch.Tensor;

/**
 * A judgement of an image as a differentiable expression of libtorch. See {@link TensorVerifier}.
 */
@FunctionalInterface
public interface TensorLoss {
  /**
   * The loss -log p(answer) of one image, a scalar of at least 0 that carries gradient.
   *
   * @param image fp32 [1, 3, H, W], nominally in [-1, 1]
   * @param question what is asked, and the answer that is wanted
   * @throws IllegalArgumentException if it does not understand the question or the answer
   */
  Tensor loss(Tensor image, Question question);
}
