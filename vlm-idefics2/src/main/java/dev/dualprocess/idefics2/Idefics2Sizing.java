package dev.dualprocess.idefics2;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Resampling;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.vqa.ImageSizing;
import org.bytedeco.pytorch.Tensor;

/** Bilinear, to a size within the processor's bounds. */
record Idefics2Sizing(PreprocessorConfig config, int patchSize) implements ImageSizing {
  @Override
  public ImageSize processor(ImageSize image) {
    return config.sizeFor(image);
  }

  /** The authors leave the size as it is; what does not fill a patch at an edge is not seen. */
  @Override
  public ImageSize authors(ImageSize image) {
    if (image.height() < patchSize || image.width() < patchSize) {
      throw new IllegalArgumentException(
          "image %s is smaller than one patch of %s; or resize as the processor does"
              .formatted(image, ImageSize.square(patchSize)));
    }
    return image;
  }

  @Override
  public Resampling filter() {
    return Resampling.BILINEAR;
  }

  @Override
  public Tensor resize(Tensor x, ImageSize to) {
    return Ops.resizeBilinearAntialias(x, to.height(), to.width());
  }
}
