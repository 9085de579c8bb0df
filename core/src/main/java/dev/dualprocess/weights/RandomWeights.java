package dev.dualprocess.weights;

import com.google.common.hash.Hashing;
import dev.dualprocess.tensor.Placement;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Weights under which activations keep their scale: vectors named {@code weight} are 1, as norms
 * begin, other vectors 0, and everything else is uniform in ±√(3 / fan-in), of variance 1 / fan-in.
 * A tensor depends on the seed and its key alone, not on what was made before it. On the CPU, where
 * drawing takes long, a large one repeats its first {@value #DRAWN} numbers.
 */
final class RandomWeights implements Weights.Initializer {
  private static final int VARIANCE_OF_UNIFORM = 3; // 1 / that of ±1

  private static final double MOST_NUMBERS = 4e9;
  private static final long DRAWN = 1 << 20;

  private final long seed;

  RandomWeights(long seed) {
    this.seed = seed;
  }

  @Override
  public Tensor make(String key, long[] shape, Placement placement) {
    requireSize(key, shape);
    TensorOptions options =
        new TensorOptions(placement.dtype().scalarType())
            .device(new DeviceOptional(placement.torchDevice()));
    if (shape.length < 2) {
      return key.endsWith("weight") ? torch.ones(shape, options) : torch.zeros(shape, options);
    }
    double bound = Math.sqrt(VARIANCE_OF_UNIFORM / (double) fanIn(shape));
    Tensor made = torch.empty(shape, options, null);
    boolean repeats = made.is_cpu() && made.numel() > DRAWN;
    Tensor drawn = repeats ? made.view(-1).narrow(0, 0, DRAWN) : made;
    drawn.uniform_(-bound, bound, generator(key, placement));
    if (repeats) {
      repeat(made.view(-1));
    }
    return made;
  }

  private static void repeat(Tensor numbers) {
    for (long from = DRAWN; from < numbers.numel(); from += DRAWN) {
      long n = Math.min(DRAWN, numbers.numel() - from);
      numbers.narrow(0, from, n).copy_(numbers.narrow(0, 0, n));
    }
  }

  /** No file bounds what is made of a config alone. */
  private static void requireSize(String key, long[] shape) {
    double numbers = 1;
    for (long size : shape) {
      numbers *= size;
    }
    if (numbers > MOST_NUMBERS) {
      throw new IllegalArgumentException(
          "config.json asks for %s of %s numbers, more than any model has"
              .formatted(key, Arrays.toString(shape)));
    }
  }

  private static long fanIn(long[] shape) {
    long fanIn = 1;
    for (int i = 1; i < shape.length; i++) {
      fanIn *= shape[i];
    }
    return fanIn;
  }

  private GeneratorOptional generator(String key, Placement placement) {
    long mixed =
        Hashing.sipHash24(seed, 0).hashString(key, StandardCharsets.UTF_8).asLong()
            & Long.MAX_VALUE;
    if (placement.device().equals(Placement.CPU.device())) {
      Generator generator = torch.make_generator_cpu(mixed);
      return new GeneratorOptional(generator);
    }
    torch.manual_seed(mixed); // of the device's own generator, which nothing else here uses
    return new GeneratorOptional();
  }
}
