package dev.dualprocess.vqa;

import org.bytedeco.pytorch.Tensor;

/**
 * An image as the language model sees it.
 *
 * @param tokens its tokens, [image tokens, D], in the scope it was seen in
 * @param layout how they stand in a prompt
 */
public record SeenImage(Tensor tokens, ImageLayout layout) {
  /** How many image tokens stand one after the other, as text does. */
  private record InLine(int tokens) implements ImageLayout {}

  /** Image tokens that stand one after the other, as text does. */
  public static SeenImage inLine(Tensor tokens) {
    return new SeenImage(tokens, new InLine(Math.toIntExact(tokens.size(0))));
  }

  /** How many tokens of the prompt the image takes. */
  public int imageTokens() {
    return layout.tokens();
  }
}
