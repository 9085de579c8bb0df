package dev.dualprocess.evaluate;

import dev.dualprocess.Assessment;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.VqaSettings.Reduction;
import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.tensor.NotFiniteException;
import dev.dualprocess.vqa.Asking;
import dev.dualprocess.vqa.Look;
import java.awt.image.BufferedImage;

/**
 * VQAScore (Lin et al., ECCV 2024, arXiv 2404.01291): how well an image shows a text, as the
 * probability that a vision-language model answers Yes when it is asked just that. 0 to 1; scores
 * of different models do not compare.
 *
 * <p>Question and answer are word for word those of the authors' own wrapper of Qwen2.5-VL ({@code
 * question_template} and {@code answer_template} of {@code
 * t2v_metrics/models/vqascore_models/qwen2vl_model.py} in linzhiqiu/t2v_metrics, commit 6ecb74f).
 * Theirs too is the geometric mean over the answer's tokens; for Qwen, Yes is one token.
 */
public final class VqaScore {
  /** How the answer is scored. */
  public static final VqaSettings SETTINGS = new VqaSettings(Reduction.MEAN, Resizing.PROCESSOR);

  private VqaScore() {}

  /**
   * What a verifier is asked about an image; the score is the probability of the answer.
   *
   * @throws IllegalArgumentException if the text is blank
   */
  public static Question question(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("the text that an image is scored by is empty");
    }
    return new Question(
        "Does this figure show \"%s\"? Please answer Yes or No.".formatted(text), "Yes");
  }

  /**
   * What a verifier says to that question about a picture; the score is its probability. A
   * vision-language model takes the picture as its own processor does.
   *
   * @throws NotFiniteException in one line, if the verifier returns what is no number
   */
  public static Assessment assess(Verifier verifier, BufferedImage picture, String text) {
    return Asking.assess(verifier, picture, Look.WHOLE, question(text), SETTINGS);
  }
}
