package dev.dualprocess.flow;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * Fresh noise that follows from the noise an image began with: each image of a batch has a seed
 * made of its own first values. So the image is a function of its noise, whatever is drawn beside
 * it and on whichever device.
 */
final class SeededStepNoise implements StepNoise {
  private long[] seeds = {}; // of each image

  @Override
  public Tensor after(int i, Tensor sample) {
    if (i == 0) {
      seeds = seeds(sample);
    }
    long[] one = sample.shape();
    if (one[0] != seeds.length) {
      throw new IllegalStateException("a run's first step comes first, with all of its images");
    }
    one[0] = 1;
    Tensor[] drawn =
        Arrays.stream(seeds).mapToObj(seed -> Noise.randn(seed + i, one)).toArray(Tensor[]::new);
    return Ops.cat(0, drawn).to(sample.device(), drawn[0].scalar_type());
  }

  private static long[] seeds(Tensor noise) {
    float[] values = Ops.toFloats(noise);
    int images = Math.toIntExact(noise.size(0));
    int each = values.length / images;
    long[] seeds = new long[images];
    for (int image = 0; image < images; image++) {
      Hasher hasher = Hashing.farmHashFingerprint64().newHasher();
      for (int j = 0; j < each; j++) {
        hasher.putFloat(values[image * each + j]);
      }
      seeds[image] = hasher.hash().asLong();
    }
    return seeds;
  }
}
