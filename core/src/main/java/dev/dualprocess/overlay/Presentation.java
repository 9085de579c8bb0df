package dev.dualprocess.overlay;

import dev.dualprocess.augment.Disturbance;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.overlay.PresentationSettings.Range;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What stands between an image and a verifier: the visual prompt laid over it, its values brought
 * to range, and the way back for the gradient. For images of one size; not thread-safe.
 */
public final class Presentation implements AutoCloseable {
  private final ImageSize size;
  private final PresentationSettings settings;
  private final @Nullable Overlay overlay; // or null
  private final Lifetime lifetime = new Lifetime("this presentation");

  /** For images of that size on the device of {@code placement}. */
  public Presentation(
      Optional<VisualPrompt> prompt,
      ImageSize size,
      PresentationSettings settings,
      Placement placement) {
    this.size = size;
    this.settings = settings;
    this.overlay = prompt.map(p -> Overlay.of(p, size, placement)).orElse(null);
  }

  /** Whether something is laid over images. */
  public boolean hasVisualPrompt() {
    return overlay != null;
  }

  /** An image as the verifier is shown it, without gradient; in the caller's scope. */
  public Tensor shown(Tensor image) {
    return shown(image, Disturbance.NONE);
  }

  /**
   * {@link #shown(Tensor)} where everything that is shown is disturbed, the visual prompt included.
   */
  public Tensor shown(Tensor image, Disturbance disturbance) {
    return Memory.noGrad(() -> disturbance.apply(present(image)));
  }

  /** An image as the verifier is shown it, with the way back; the caller closes it. */
  public Shown show(Tensor image) {
    return show(image, Disturbance.NONE);
  }

  /**
   * {@link #show(Tensor)} where everything that is shown is disturbed, the visual prompt included.
   */
  public Shown show(Tensor image, Disturbance disturbance) {
    return new Shown(image, disturbance);
  }

  private Tensor present(Tensor image) {
    lifetime.requireOpen();
    Tensor bare = settings.range() == Range.CLAMPED ? Ops.clamp(image, -1, 1) : image;
    Tensor y = overlay == null ? bare : overlay.apply(bare);
    if (settings.range() == Range.MIN_MAX) {
      Tensor min = y.min();
      Tensor unit = y.sub(min).div(y.max().sub(min));
      y = Ops.add(Ops.mul(unit, 2), -1);
    }
    boolean transposes = settings.transposedSize() && size.height() != size.width();
    return transposes
        ? Ops.resizeBilinear(y, /* height= */ size.width(), /* width= */ size.height())
        : y;
  }

  @Override
  public void close() {
    lifetime.close(
        () -> {
          if (overlay != null) {
            overlay.close();
          }
        });
  }

  /**
   * An image as it was shown, with the graph that leads a gradient back to it; closing frees that.
   */
  public final class Shown implements AutoCloseable {
    private final Tensor leaf;
    private final Tensor output;
    private final Lifetime showing = new Lifetime("this showing of an image");

    private Shown(Tensor image, Disturbance disturbance) {
      leaf = Memory.keep(Ops.leaf(image));
      output = Memory.kept(() -> Memory.withGrad(() -> disturbance.apply(present(leaf))));
    }

    /** What the verifier sees, detached; in the caller's scope. */
    public Tensor image() {
      showing.requireOpen();
      return output.detach();
    }

    /** The gradient in the bare image for one in what was shown; once, in the caller's scope. */
    public Tensor backward(Tensor dShown) {
      showing.requireOpen();
      Ops.backward(output, Ops.toLike(dShown, output));
      return new Tensor(leaf.grad());
    }

    @Override
    public void close() {
      showing.close(
          () -> {
            output.close();
            leaf.close();
          });
    }
  }
}
