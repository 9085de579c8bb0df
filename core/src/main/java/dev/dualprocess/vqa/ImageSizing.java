package dev.dualprocess.vqa;

import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Resampling;
import dev.dualprocess.image.Resampling.Arithmetic;
import java.awt.image.BufferedImage;
import java.util.Optional;
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

  /** Whether the processor leaves an image of the size alone that it brings images to. */
  default boolean keeps(ImageSize image) {
    return image.equals(processor(image));
  }

  /** A picture exactly as transformers' processor resizes it: in 8 bits. */
  default Views views(BufferedImage picture) {
    ImageSize to = processor(ImageSize.of(picture));
    return new Views(filter().resize(picture, to, arithmetic()), Optional.empty());
  }

  /**
   * The same for a picture that is looked at in tiles, where one is not enough.
   *
   * @throws IllegalArgumentException if the family cuts none
   */
  default Views closeViews(BufferedImage picture) {
    throw new IllegalArgumentException("this family of models looks at no picture in tiles");
  }

  /** The size for an image in one of the two ways. */
  default ImageSize sizeFor(ImageSize image, Resizing resizing) {
    return switch (resizing) {
      case PROCESSOR -> processor(image);
      case AUTHORS -> authors(image);
    };
  }
}
