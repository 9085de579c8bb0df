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

  /** Frees what is kept between images; the weights belong to whoever loaded them. */
  @Override
  void close();
}
