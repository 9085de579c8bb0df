package dev.dualprocess.qwen25vl;

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
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** Pixels in [-1, 1] to patches, differentiably. */
final class ImageProcessor implements AutoCloseable {
  private final PreprocessorConfig config;
  private final Placement placement;
  private final PixelNorm norm;

  ImageProcessor(PreprocessorConfig config, Placement placement) {
    this.config = config;
    this.placement = placement;
    this.norm = new PixelNorm(config.imageMean(), config.imageStd(), placement);
  }

  /**
   * An image as the verifier is shown it.
   *
   * @param image fp32 [1, 3, H, W] in [-1, 1] on this model's device; gradient flows through
   */
  Patches patches(Tensor image, Resizing resizing) {
    ImageSize size = Pixels.sizeOf(image);
    return switch (resizing) {
      case AUTHORS -> authors(image, size);
      case PROCESSOR -> processor(image, size);
    };
  }

  /** A picture exactly as transformers' processor sees it: resized in 8 bits, as torch does. */
  Patches patches(BufferedImage picture) {
    ImageSize size = new ImageSize(picture.getHeight(), picture.getWidth());
    ImageSize wanted = config.smartResize().of(size);
    BufferedImage resized = Resampling.BICUBIC.resize(picture, wanted, Arithmetic.TORCH);
    Grid grid = gridOf(wanted);
    return new Patches(
        Memory.scoped(() -> cut(placement.placeFloat32(Pixels.toTensor(resized)), grid)), grid);
  }

  private Patches authors(Tensor image, ImageSize size) {
    int p = config.patchSize();
    if (size.height() / p < 1
        || size.width() / p < 1
        || size.height() / p % config.mergeSize() != 0
        || size.width() / p % config.mergeSize() != 0) {
      throw new IllegalArgumentException(misfit(size));
    }
    ImageSize wanted = new ImageSize(size.height() / p * p, size.width() / p * p);
    return resized(image, wanted, x -> Ops.resizeBilinear(x, wanted.height(), wanted.width()));
  }

  private String misfit(ImageSize size) {
    int unit = config.patchSize() * config.mergeSize();
    int height = Math.max(unit, size.height() / unit * unit);
    int width = Math.max(unit, size.width() / unit * unit);
    return ("image %s: the authors' resizing cuts patches of %d pixels, whose number must divide by %d"
            + " on both sides; %s and %s work, so does every multiple of %d and up to %d pixels more;"
            + " or resize as the processor does")
        .formatted(
            size,
            config.patchSize(),
            config.mergeSize(),
            new ImageSize(height, width),
            new ImageSize(height + unit, width + unit),
            unit,
            config.patchSize() - 1);
  }

  private Patches processor(Tensor image, ImageSize size) {
    ImageSize wanted = config.smartResize().of(size);
    // The cubic kernel overshoots; 8-bit pictures are clipped there.
    return resized(
        image,
        wanted,
        x -> Ops.clamp(Ops.resizeBicubic(x, wanted.height(), wanted.width()), -1, 1));
  }

  /** Resizes, unless the size is there already, and cuts. */
  private Patches resized(Tensor image, ImageSize wanted, UnaryOperator<Tensor> resize) {
    Grid grid = gridOf(wanted);
    boolean fits = image.size(2) == wanted.height() && image.size(3) == wanted.width();
    return new Patches(Memory.scoped(() -> cut(fits ? image : resize.apply(image), grid)), grid);
  }

  Grid gridOf(ImageSize size) {
    int p = config.patchSize();
    return new Grid(size.height() / p, size.width() / p, config.mergeSize());
  }

  /** Normalises and cuts: x [B, 3, H, W] to [B N, C T p p]. */
  Tensor cut(Tensor x, Grid grid) {
    int p = config.patchSize();
    int m = config.mergeSize();
    int frames = config.temporalPatchSize();
    long batch = x.size(0);
    Tensor squares =
        norm.apply(x)
            .view(batch, 3, grid.tokenRows(), m, p, grid.tokenColumns(), m, p)
            .permute(0, 2, 5, 3, 6, 1, 4, 7) // [B, rows, columns, m, m, C, p, p]
            .unsqueeze(6)
            .expand(batch, grid.tokenRows(), grid.tokenColumns(), m, m, 3, frames, p, p);
    return squares.reshape(batch * grid.patches(), 3L * frames * p * p);
  }

  @Override
  public void close() {
    norm.close();
  }
}
