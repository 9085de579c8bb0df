package dev.dualprocess.overlay;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.awt.image.BufferedImage;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A drawing laid over images of one size: y = m d + (1 - m) x, where d is the drawing in [-1, 1],
 * brought to the image's size bilinearly, and m is its mask: the drawing's opacity (1/2 where
 * nobody says otherwise) everywhere if transparent; if solid, 0 where all three channels of d are
 * exactly white and the opacity (1 where nobody says otherwise) elsewhere. So dy/dx is 1 - m
 * exactly.
 */
public final class Overlay implements AutoCloseable {
  private final Tensor drawn; // m d, [1, 3, H, W]
  private final Tensor kept; // 1 - m, [1, 1, H, W]
  private final Lifetime lifetime = new Lifetime("this overlay");

  private Overlay(Tensor drawn, Tensor kept) {
    this.drawn = drawn;
    this.kept = kept;
  }

  /** {@code prompt} over images of that size, on the device of {@code placement}. */
  public static Overlay of(VisualPrompt prompt, ImageSize size, Placement placement) {
    BufferedImage drawing = prompt.draw(size);
    Tensor reference =
        Memory.kept(
            () ->
                placement.placeFloat32(
                    Ops.resizeBilinear(Pixels.toTensor(drawing), size.height(), size.width())));
    Tensor mask = Memory.kept(() -> mask(reference, prompt.mode(), prompt.opacity()));
    try {
      return new Overlay(
          Memory.kept(() -> mask.mul(reference)), Memory.kept(() -> Ops.add(mask.neg(), 1)));
    } finally {
      mask.close();
      reference.close();
    }
  }

  private static Tensor mask(Tensor reference, OverlayMode mode, double opacity) {
    if (mode == OverlayMode.TRANSPARENT) {
      return torch.full_like(reference.narrow(1, 0, 1), new Scalar(opacity));
    }
    Tensor white = reference.eq(new Scalar(1.0)).all(1, true);
    return Ops.mul(white.logical_not().to(torch.ScalarType.Float), opacity);
  }

  /** x [B, 3, H, W] to the same shape; carries gradient. */
  public Tensor apply(Tensor x) {
    lifetime.requireOpen();
    return kept.mul(x).add(drawn);
  }

  @Override
  public void close() {
    lifetime.close(
        () -> {
          drawn.close();
          kept.close();
        });
  }
}
