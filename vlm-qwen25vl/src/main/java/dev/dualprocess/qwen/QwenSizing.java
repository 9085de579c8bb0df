package dev.dualprocess.qwen;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Resampling;
import dev.dualprocess.image.Resampling.Arithmetic;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.vqa.ImageSizing;
import org.bytedeco.pytorch.Tensor;

/**
 * Bicubic, to whole image tokens within the processor's bounds.
 *
 * @param config of the sizes
 * @param arithmetic of the filter on pictures of 8 bits
 */
public record QwenSizing(PreprocessorConfig config, Arithmetic arithmetic) implements ImageSizing {
  @Override
  public ImageSize processor(ImageSize image) {
    return config.smartResize().of(image);
  }

  /** Down to whole patches, which must make whole image tokens. */
  @Override
  public ImageSize authors(ImageSize image) {
    int p = config.patchSize();
    int rows = image.height() / p;
    int columns = image.width() / p;
    boolean whole = rows % config.mergeSize() == 0 && columns % config.mergeSize() == 0;
    if (rows < 1 || columns < 1 || !whole) {
      throw new IllegalArgumentException(misfit(image));
    }
    return new ImageSize(rows * p, columns * p);
  }

  private String misfit(ImageSize image) {
    int unit = config.patchSize() * config.mergeSize();
    int height = Math.max(unit, image.height() / unit * unit);
    int width = Math.max(unit, image.width() / unit * unit);
    return ("image %s: the authors' resizing cuts patches of %d pixels, whose number must divide by %d"
            + " on both sides; %s and %s work, so does every multiple of %d and up to %d pixels more;"
            + " or resize as the processor does")
        .formatted(
            image,
            config.patchSize(),
            config.mergeSize(),
            new ImageSize(height, width),
            new ImageSize(height + unit, width + unit),
            unit,
            config.patchSize() - 1);
  }

  @Override
  public Resampling filter() {
    return Resampling.BICUBIC;
  }

  /** The cubic kernel overshoots; 8-bit pictures are clipped there. */
  @Override
  public Tensor resize(Tensor x, ImageSize to) {
    return Ops.clamp(Ops.resizeBicubic(x, to.height(), to.width()), -1, 1);
  }
}
