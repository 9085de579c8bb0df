package dev.dualprocess.spi;

import dev.dualprocess.recompute.Tape;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A pass of a generator on libtorch: the image, and what else a loss may depend on, with the graph
 * that leads back from them.
 */
final class TapedPass implements AutoCloseable {
  private final Tensor[] outputs; // with their graph, the image first
  private final Tensor[] detached; // the same without
  private final Tape tape;
  private final Lifetime generator;
  private final Lifetime lifetime = new Lifetime("this draft");
  private boolean spent;

  /**
   * Runs a pass and keeps what its backward needs.
   *
   * @param generator whose weights backward needs
   * @param tape becomes the pass's
   * @param pass makes the image, fp32 [1, 3, H, W], and the rest
   */
  TapedPass(Lifetime generator, Tape tape, Supplier<Tensor[]> pass) {
    try (PointerScope scope = new PointerScope()) {
      this.outputs = kept(Memory.scopedAll(() -> tape.record(pass)));
      this.detached = kept(Arrays.stream(outputs).map(Tensor::detach).toArray(Tensor[]::new));
    } catch (RuntimeException | Error e) {
      tape.close();
      throw e;
    }
    this.tape = tape;
    this.generator = generator;
  }

  private static Tensor[] kept(Tensor[] made) {
    return Arrays.stream(made).map(Memory::keep).toArray(Tensor[]::new);
  }

  /** An output, detached; owned by this pass. */
  Tensor output(int i) {
    lifetime.requireOpen();
    return detached[i];
  }

  /**
   * Runs backward, once.
   *
   * @param gradients in the first outputs, one for each, any device and floating dtype
   */
  void backward(Tensor... gradients) {
    lifetime.requireOpen();
    for (int i = 0; i < gradients.length; i++) {
      Require.open(gradients[i], i == 0 ? "dImage" : "dVelocity");
    }
    if (spent) {
      throw new IllegalStateException("backward was already run on this draft");
    }
    if (!outputs[0].requires_grad()) {
      throw new IllegalStateException(
          "nothing to train: no trainable LoRA is attached and the latents need no gradient");
    }
    for (int i = 0; i < gradients.length; i++) {
      if (!Arrays.equals(gradients[i].shape(), detached[i].shape())) {
        throw new IllegalArgumentException(
            "the gradient has shape %s, the %s %s"
                .formatted(
                    Arrays.toString(gradients[i].shape()),
                    i == 0 ? "image" : "velocity",
                    Arrays.toString(detached[i].shape())));
      }
    }
    spent = true;
    generator.during(() -> lifetime.during(() -> back(gradients)));
  }

  private void back(Tensor[] gradients) {
    try (PointerScope scope = new PointerScope()) {
      tape.backwardFrom(
          Arrays.copyOf(outputs, gradients.length),
          IntStream.range(0, gradients.length)
              .mapToObj(i -> Ops.toLike(gradients[i], detached[i]))
              .toArray(Tensor[]::new));
    }
  }

  @Override
  public void close() {
    lifetime.close(
        () -> {
          tape.close();
          Stream.of(outputs, detached).flatMap(Arrays::stream).forEach(Tensor::close);
        });
  }
}
