package dev.dualprocess;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * System 2: looks at an image and says how probable an answer is, and how the image should change
 * to make it more so. It need not be a neural network, nor use libtorch to find its gradient.
 *
 * <p>Verifiers of this library answer several threads one after the other, and refuse use after
 * closing with {@link IllegalStateException}; of others, expect one thread at a time.
 */
public interface Verifier extends AutoCloseable {
  /** A name for people and for files, such as {@code Qwen2.5-VL-7B-Instruct}. */
  String name();

  /**
   * Answers every question about one image, without gradient.
   *
   * @param image fp32 [1, 3, H, W] in [-1, 1], any device; not changed
   * @return one assessment for each question, in their order
   */
  List<Assessment> assess(Tensor image, List<Question> questions, VqaSettings settings);

  /**
   * Answers every question as {@link #assess} does, and says how the image should change: ∂L/∂image
   * of the mean L of their losses.
   *
   * @param image fp32 [1, 3, H, W] in [-1, 1], any device; not changed
   */
  Critique critique(Tensor image, List<Question> questions, VqaSettings settings);

  /** Frees the model. */
  @Override
  void close();
}
