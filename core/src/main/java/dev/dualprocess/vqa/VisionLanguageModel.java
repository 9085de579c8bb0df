package dev.dualprocess.vqa;

import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.VqaSettings.Resizing;
import java.awt.image.BufferedImage;
import org.bytedeco.pytorch.Tensor;

/**
 * A vision-language model as {@link VqaVerifier} needs it: see an image, read a question, give
 * logits. Frozen; gradient flows from the logits to the image alone.
 */
public interface VisionLanguageModel extends AutoCloseable {
  /** A name for people and for files. */
  String name();

  /** Where its weights are. */
  Placement placement();

  /** Who decides whether its blocks are computed again; its networks run them with that. */
  Recomputation recomputation();

  /**
   * The vision tower's pass, which several questions share.
   *
   * @param image fp32 [1, 3, H, W] in [-1, 1] on this model's device; may require a gradient
   */
  View see(Tensor image, Resizing resizing);

  /**
   * The same for a picture from a file, processed exactly as the model's own image processor does;
   * no gradient.
   */
  View see(BufferedImage image);

  /** What a prompt without an image is about; its prompts are in the family's format for text. */
  View seeNothing();

  /**
   * The tokens of a question about an image as seen, ready for an answer, in the family's chat
   * format.
   */
  long[] promptIds(String question, View view);

  /** As {@link #promptIds}, with the answer. */
  AnswerPrompt answerPrompt(String question, String answer, View view);

  /**
   * Logits at some positions of the prompt.
   *
   * @param positions indices into {@code inputIds}
   * @return [positions, vocabulary], on this model's device
   */
  Tensor logits(long[] inputIds, long[] positions, View view);

  /**
   * Continuation of a prompt, without gradient, up to an end or stop token or as many tokens as are
   * allowed.
   *
   * @return the new ids, end token left out
   */
  long[] generate(long[] inputIds, View view, Decoding decoding);

  /** Ids as text, special tokens left out. */
  String decode(long[] ids);

  @Override
  void close();

  /**
   * An image as the language model will see it; its tensors belong to the scope that {@code see}
   * was called in.
   */
  interface View {
    /** How many tokens of the prompt the image takes. */
    int imageTokens();
  }
}
