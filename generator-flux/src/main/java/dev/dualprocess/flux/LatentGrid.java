package dev.dualprocess.flux;

import dev.dualprocess.image.ImageSize;
import org.bytedeco.pytorch.Tensor;

/**
 * The tokens of an image: each is a patch of 2x2 latents, rows before columns.
 *
 * @param rows patches from top to bottom
 * @param columns patches from left to right
 */
record LatentGrid(int rows, int columns) {
  /** Latents along each side of a patch. */
  static final int PATCH = 2;

  /**
   * The grid of an image.
   *
   * @param unit pixels along each side of a patch
   * @throws IllegalArgumentException if the size is no multiple of it
   */
  static LatentGrid of(ImageSize size, int unit) {
    size.requireMultipleOf(unit);
    return new LatentGrid(size.height() / unit, size.width() / unit);
  }

  /** The number of tokens, L. */
  long tokens() {
    return (long) rows * columns;
  }

  /** Latents [B, C, 2 rows, 2 columns] to tokens [B, L, 4 C]. */
  Tensor pack(Tensor latents) {
    long batch = latents.size(0);
    return latents
        .reshape(batch, -1, rows, PATCH, columns, PATCH)
        .permute(0, 2, 4, 1, 3, 5)
        .reshape(batch, tokens(), -1);
  }

  /** Tokens [B, L, 4 C] to latents [B, C, 2 rows, 2 columns]. */
  Tensor unpack(Tensor tokens) {
    long batch = tokens.size(0);
    return tokens
        .reshape(batch, rows, columns, -1, PATCH, PATCH)
        .permute(0, 3, 1, 4, 2, 5)
        .reshape(batch, -1, (long) PATCH * rows, (long) PATCH * columns);
  }
}
