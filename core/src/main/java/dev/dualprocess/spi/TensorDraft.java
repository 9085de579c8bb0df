package dev.dualprocess.spi;

import dev.dualprocess.Draft;
import dev.dualprocess.recompute.Tape;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.Arrays;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A draft of a generator on libtorch: a decoded clean estimate with the graph that leads back to
 * what it depends on.
 */
public final class TensorDraft implements Draft {
  private final Tensor decoded; // [1, 3, H, W], with its graph
  private final Tensor image; // the same, detached
  private final Tape tape;
  private final Lifetime generator;
  private final Lifetime lifetime = new Lifetime("this draft");
  private boolean spent;

  private TensorDraft(Tensor decoded, Tape tape, Lifetime generator) {
    this.decoded = decoded;
    this.image = Memory.kept(decoded::detach);
    this.tape = tape;
    this.generator = generator;
  }

  /**
   * Runs a pass and keeps what its backward needs.
   *
   * @param generator whose weights backward needs
   * @param tape becomes the draft's
   * @param pass makes the decoded clean estimate, fp32 [1, 3, H, W]
   */
  public static TensorDraft of(Lifetime generator, Tape tape, Supplier<Tensor> pass) {
    try {
      return new TensorDraft(Memory.kept(() -> tape.record(pass)), tape, generator);
    } catch (RuntimeException | Error e) {
      tape.close();
      throw e;
    }
  }

  @Override
  public Tensor image() {
    lifetime.requireOpen();
    return image;
  }

  @Override
  public void backward(Tensor dImage) {
    lifetime.requireOpen();
    Require.open(dImage, "dImage");
    if (spent) {
      throw new IllegalStateException("backward was already run on this draft");
    }
    if (!decoded.requires_grad()) {
      throw new IllegalStateException(
          "nothing to train: no trainable LoRA is attached and the latents need no gradient");
    }
    if (!Arrays.equals(dImage.shape(), image.shape())) {
      throw new IllegalArgumentException(
          "the gradient has shape %s, the image %s"
              .formatted(Arrays.toString(dImage.shape()), Arrays.toString(image.shape())));
    }
    spent = true;
    generator.during(() -> lifetime.during(() -> back(dImage)));
  }

  private void back(Tensor dImage) {
    try (PointerScope scope = new PointerScope()) {
      tape.backward(decoded, Ops.toLike(dImage, image));
    }
  }

  @Override
  public void close() {
    lifetime.close(
        () -> {
          tape.close();
          decoded.close();
          image.close();
        });
  }
}
