package dev.dualprocess.vqa;

import dev.dualprocess.VqaSettings.Reduction;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** L = -Σᵢ log D(aᵢ | image, question, a₍&lt;ᵢ₎), eq. 4 of arXiv 2506.01955. */
public final class AnswerLoss {
  private static final int IGNORE_NOTHING = -100;

  private AnswerLoss() {}

  /**
   * The loss of one answer, computed in fp32.
   *
   * @param logits the model's logits at the positions before the answer's tokens, [T, vocabulary]
   * @param answerIds the answer's tokens, int64 [T]
   * @return a scalar that carries gradient
   */
  public static Tensor of(Tensor logits, Tensor answerIds, Reduction reduction) {
    long mode = reduction == Reduction.MEAN ? 1 : 2;
    return torch.cross_entropy_loss(
        Ops.toFloat(logits),
        answerIds.to(logits.device(), answerIds.scalar_type()),
        new TensorOptional(),
        mode,
        IGNORE_NOTHING,
        0.0);
  }
}
