package dev.dualprocess.vqa;

import org.bytedeco.pytorch.Tensor;

/** The half of a vision-language model that sees: its vision tower up to image tokens. */
public interface ImageEncoder extends AutoCloseable {
  /**
   * Pixels to image tokens, in the caller's scope; gradient flows through.
   *
   * @param pixels as {@link ImageProcessor} makes them, fp32 [1, 3, H, W]
   */
  SeenImage encode(Tensor pixels);

  /**
   * The same for an image that is looked at in tiles.
   *
   * @param whole the image at once, [1, 3, H, W]
   * @param enlarged the image again, [1, 3, rows H, columns W]
   * @throws IllegalArgumentException if the family's {@link ImageSizing} cuts none
   */
  default SeenImage encode(Tensor whole, Tensor enlarged) {
    throw new IllegalArgumentException("this family of models looks at no picture in tiles");
  }

  /** Frees what is kept between images; the weights belong to whoever loaded them. */
  @Override
  void close();
}
