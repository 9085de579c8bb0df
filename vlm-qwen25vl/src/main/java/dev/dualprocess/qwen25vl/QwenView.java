package dev.dualprocess.qwen25vl;

import dev.dualprocess.vqa.SeenImage;
import org.bytedeco.pytorch.Tensor;

/**
 * An image as the language model sees it.
 *
 * @param tokens [tokens, D], in the scope it was made in
 * @param grid where each of them stands
 */
record QwenView(Tensor tokens, Grid grid) implements SeenImage {
  @Override
  public int imageTokens() {
    return grid.tokens();
  }

  @Override
  public Object layout() {
    return grid;
  }
}
