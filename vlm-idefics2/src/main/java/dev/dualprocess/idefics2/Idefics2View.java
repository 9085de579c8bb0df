package dev.dualprocess.idefics2;

import dev.dualprocess.vqa.SeenImage;
import org.bytedeco.pytorch.Tensor;

/**
 * An image as the language model sees it.
 *
 * @param tokens [latents, D], in the scope it was made in
 */
record Idefics2View(Tensor tokens) implements SeenImage {
  @Override
  public int imageTokens() {
    return Math.toIntExact(tokens.size(0));
  }

  @Override
  public Object layout() {
    return imageTokens();
  }
}
