package dev.dualprocess.world.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.world.Factor;
import dev.dualprocess.world.Scene;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Noise and the scene it belongs to. */
class SceneNoiseTest {
  private static final int FACTORS = Factor.values().length;
  private static final int TOKENS = 64;
  private static final int CHANNELS = 32;

  private final PointerScope scope = new PointerScope();

  @AfterEach
  void free() {
    scope.close();
  }

  /** √L times the means over the tokens of the channels that factors are read from. */
  private static Tensor scoresOf(Tensor noise) {
    Tensor means = noise.mean(new long[] {1}, false, new ScalarTypeOptional());
    return Ops.mul(means.narrow(1, 0, FACTORS), Math.sqrt((double) TOKENS));
  }

  /** Φ. */
  private static Tensor uniform(Tensor scores) {
    return Ops.mul(Ops.add(Ops.mul(scores, Math.sqrt(0.5)).erf(), 1), 0.5);
  }

  @Test
  void noiseHasTheScoresItIsGiven() {
    Random random = new Random(5);
    List<Scene> scenes = Stream.generate(() -> Scene.random(random)).limit(20).toList();
    Tensor scores = SceneNoise.scores(scenes);
    Tensor plain = Noise.randn(6, scenes.size(), TOKENS, CHANNELS);
    Tensor noise = SceneNoise.with(plain, scores);
    assertArrayEquals(Ops.toFloats(scores), Ops.toFloats(scoresOf(noise)), 1e-5f);
    float[] factors = Ops.toFloats(uniform(scoresOf(noise)));
    for (int i = 0; i < scenes.size(); i++) {
      for (int k = 0; k < FACTORS; k++) {
        assertEquals(scenes.get(i).factors().get(k), factors[i * FACTORS + k], 1e-5);
      }
    }
    int others = CHANNELS - FACTORS;
    assertArrayEquals(
        Ops.toFloats(plain.narrow(2, FACTORS, others)),
        Ops.toFloats(noise.narrow(2, FACTORS, others)));
  }

  @Test
  void plainNoiseHasUniformFactors() {
    float[] factors = Ops.toFloats(uniform(scoresOf(Noise.randn(7, 1000, TOKENS, CHANNELS))));
    Arrays.sort(factors);
    double farthest = 0;
    for (int i = 0; i < factors.length; i++) {
      farthest = Math.max(farthest, Math.abs(factors[i] - (i + 0.5) / factors.length));
    }
    // Kolmogorov-Smirnov: 1.63 / √n is exceeded once in a hundred times.
    assertTrue(farthest < 1.63 / Math.sqrt((double) factors.length), "distance " + farthest);
  }
}
