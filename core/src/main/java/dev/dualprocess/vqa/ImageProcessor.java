package dev.dualprocess.vqa;

import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.awt.image.BufferedImage;
import org.bytedeco.pytorch.Tensor;

/** Images to pixels as a vision tower takes them: resized and normalised, differentiably. */
public final class ImageProcessor implements AutoCloseable {
  private final ImageSizing sizing;
  private final Placement placement;
  private final PixelNorm norm;
  private final Lifetime lifetime = new Lifetime("this image processor");

  /** Makes pixels on the device of {@code placement}. */
  public ImageProcessor(ImageSizing sizing, ImageStatistics statistics, Placement placement) {
    this.sizing = sizing;
    this.placement = placement;
    this.norm = new PixelNorm(statistics, placement);
  }

  /**
   * An image as the verifier is shown it.
   *
   * @param image fp32 [1, 3, H, W] in [-1, 1] on this device; gradient flows through
   * @return normalised, fp32 [1, 3, H', W']; in the caller's scope
   */
  public Tensor pixels(Tensor image, Resizing resizing) {
    lifetime.requireOpen();
    ImageSize size = Pixels.sizeOf(image);
    ImageSize to = sizing.sizeFor(size, resizing);
    return Memory.scoped(() -> norm.apply(to.equals(size) ? image : resized(image, to, resizing)));
  }

  private Tensor resized(Tensor image, ImageSize to, Resizing resizing) {
    return switch (resizing) {
      case PROCESSOR -> sizing.resize(image, to);
      case AUTHORS -> Ops.resizeBilinear(image, to.height(), to.width());
    };
  }

  /**
   * A picture exactly as transformers' processor sees it: resized in 8 bits.
   *
   * @return as the other
   */
  public Tensor pixels(BufferedImage picture) {
    lifetime.requireOpen();
    ImageSize to = sizing.processor(new ImageSize(picture.getHeight(), picture.getWidth()));
    BufferedImage resized = sizing.filter().resize(picture, to, sizing.arithmetic());
    return Memory.scoped(() -> norm.apply(placement.placeFloat32(Pixels.toTensor(resized))));
  }

  @Override
  public void close() {
    lifetime.close(norm::close);
  }
}
