package dev.dualprocess.world.training;

import dev.dualprocess.tensor.Ops;
import dev.dualprocess.world.Factor;
import dev.dualprocess.world.Scene;
import java.util.List;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * How noise says what to draw: factor k of a scene is Φ(√L · mean over the L tokens of channel k).
 * Of standard normal noise that is uniform, as factors are, so that every noise belongs to exactly
 * one scene of a prompt, and a generator can learn to draw it in a single step without a teacher.
 */
final class SceneNoise {
  private SceneNoise() {}

  /** √L times the means that noise of these scenes has: fp32 [B, factors]. */
  static Tensor scores(List<Scene> scenes) {
    int factors = Factor.values().length;
    float[] values = new float[scenes.size() * factors];
    for (int i = 0; i < scenes.size(); i++) {
      for (int k = 0; k < factors; k++) {
        values[i * factors + k] = (float) scenes.get(i).factors().get(k);
      }
    }
    Tensor uniform = Ops.floats(values, scenes.size(), factors);
    // Φ⁻¹(u) = √2 erf⁻¹(2u - 1)
    return Ops.mul(Ops.add(Ops.mul(uniform, 2), -1).erfinv(), Math.sqrt(2));
  }

  /** Standard normal noise [B, L, C] that is given those scores [B, factors]. */
  static Tensor with(Tensor noise, Tensor scores) {
    long tokens = noise.size(1);
    long factors = scores.size(1);
    Tensor means = noise.mean(new long[] {1}, true, new ScalarTypeOptional()); // [B, 1, C]
    Tensor wanted = Ops.mul(scores, 1 / Math.sqrt((double) tokens)).unsqueeze(1);
    Tensor moved = noise.narrow(2, 0, factors).add(wanted.sub(means.narrow(2, 0, factors)));
    return Ops.cat(2, moved, noise.narrow(2, factors, noise.size(2) - factors));
  }
}
