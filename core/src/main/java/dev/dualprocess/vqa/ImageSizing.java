package dev.dualprocess.vqa;

import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Resampling;
import dev.dualprocess.image.Resampling.Arithmetic;
import org.bytedeco.pytorch.Tensor;

/** How a family brings an image to a size that its models take. */
public interface ImageSizing {
  /** The size that the model's own image processor brings an image to. */
  ImageSize processor(ImageSize image);

  /**
   * The size that the authors bring an image to.
   *
   * @throws IllegalArgumentException that names what works, if they do not take such an image
   */
  ImageSize authors(ImageSize image);

  /** The filter of the processor, for pictures of 8 bits. */
  Resampling filter();

  /** How the processor computes it. */
  default Arithmetic arithmetic() {
    return Arithmetic.TORCH;
  }

  /**
   * The filter of the processor without rounding: x fp32 [1, 3, H, W] in [-1, 1] to another size.
   */
  Tensor resize(Tensor x, ImageSize to);

  /** The size for an image in one of the two ways. */
  default ImageSize sizeFor(ImageSize image, Resizing resizing) {
    return switch (resizing) {
      case PROCESSOR -> processor(image);
      case AUTHORS -> authors(image);
    };
  }
}
