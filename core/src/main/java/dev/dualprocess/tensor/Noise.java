package dev.dualprocess.tensor;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Seeded random numbers, always drawn in fp32 on the CPU, so that every device and dtype sees the
 * same values. One instance is one stream; not thread-safe.
 */
public final class Noise implements AutoCloseable {
  private final Generator generator;
  private final GeneratorOptional optional;
  private final TensorOptions float32;
  private final Lifetime lifetime = new Lifetime("this stream of noise");

  private Noise(long seed) {
    Natives.load();
    generator = torch.make_generator_cpu(seed).retainReference();
    optional = new GeneratorOptional(generator).retainReference();
    float32 = new TensorOptions(torch.ScalarType.Float).retainReference();
  }

  /**
   * A stream that starts at {@code seed}; the same values as {@code
   * torch.Generator().manual_seed(seed)}.
   */
  public static Noise seeded(long seed) {
    return new Noise(seed);
  }

  /**
   * One draw of {@code randn(shape)} from a fresh stream: fp32 on the CPU, in the caller's scope.
   */
  public static Tensor randn(long seed, long... shape) {
    try (Noise noise = new Noise(seed)) {
      return noise.normal(shape);
    }
  }

  /** How long z is, over √n, the expected length of noise of n values: 1 is usual. */
  public static double relativeLength(Tensor z) {
    return Memory.freeing(() -> z.detach().norm().item_double() / Math.sqrt((double) z.numel()));
  }

  /** The next standard normal values of this stream, [shape], fp32 on the CPU. */
  public Tensor normal(long... shape) {
    lifetime.requireOpen();
    return torch.randn(shape, optional, float32);
  }

  /** The next uniform values in [0, 1) of this stream, [shape], fp32 on the CPU. */
  public Tensor uniform(long... shape) {
    lifetime.requireOpen();
    return torch.rand(shape, optional, float32);
  }

  /** A copy of the stream's state, for a checkpoint; in the caller's scope. */
  public Tensor state() {
    lifetime.requireOpen();
    return generator.get_state();
  }

  /** Continues from a state that {@link #state} returned. */
  public void restore(Tensor state) {
    lifetime.requireOpen();
    generator.set_state(state);
  }

  @Override
  public void close() {
    lifetime.close(
        () -> {
          float32.close();
          optional.close();
          generator.close();
        });
  }
}
