package dev.dualprocess.idefics2;

import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.image.Resampling;
import dev.dualprocess.image.Resampling.Arithmetic;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.PixelNorm;
import java.awt.image.BufferedImage;
import org.bytedeco.pytorch.Tensor;

/** Pixels in [-1, 1] to pixels as the vision tower takes them, differentiably. */
final class ImageProcessor implements AutoCloseable {
  private final PreprocessorConfig config;
  private final int patchSize;
  private final Placement placement;
  private final PixelNorm norm;

  ImageProcessor(PreprocessorConfig config, int patchSize, Placement placement) {
    this.config = config;
    this.patchSize = patchSize;
    this.placement = placement;
    this.norm = new PixelNorm(config.imageMean(), config.imageStd(), placement);
  }

  /**
   * An image as the verifier is shown it.
   *
   * @param image fp32 [1, 3, H, W] in [-1, 1] on this model's device; gradient flows through
   * @return normalised, fp32 [1, 3, H', W']; in the caller's scope
   */
  Tensor pixels(Tensor image, Resizing resizing) {
    ImageSize size = Pixels.sizeOf(image);
    return switch (resizing) {
      case AUTHORS -> authors(image, size);
      case PROCESSOR -> processor(image, size);
    };
  }

  /** A picture exactly as transformers' processor sees it: resized in 8 bits, as torch does. */
  Tensor pixels(BufferedImage picture) {
    ImageSize wanted = config.sizeFor(new ImageSize(picture.getHeight(), picture.getWidth()));
    BufferedImage resized = Resampling.BILINEAR.resize(picture, wanted, Arithmetic.TORCH);
    return Memory.scoped(() -> norm.apply(placement.placeFloat32(Pixels.toTensor(resized))));
  }

  /** The authors leave the size as it is; what does not fill a patch at an edge is not seen. */
  private Tensor authors(Tensor image, ImageSize size) {
    if (size.height() < patchSize || size.width() < patchSize) {
      throw new IllegalArgumentException(
          "image %s is smaller than one patch of %s; or resize as the processor does"
              .formatted(size, ImageSize.square(patchSize)));
    }
    return Memory.scoped(() -> norm.apply(image));
  }

  private Tensor processor(Tensor image, ImageSize size) {
    ImageSize wanted = config.sizeFor(size);
    return Memory.scoped(
        () ->
            norm.apply(
                wanted.equals(size)
                    ? image
                    : Ops.resizeBilinearAntialias(image, wanted.height(), wanted.width())));
  }

  @Override
  public void close() {
    norm.close();
  }
}
