package dev.dualprocess.distill;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** AdamW against plain double arithmetic. */
class AdamTest {
  private static final int N = 7;

  /** Algorithm 2 of arXiv 1711.05101, after the clipping of torch's clip_grad_norm_. */
  private static final class Reference {
    final double[] theta;
    final double[] m = new double[N];
    final double[] v = new double[N];
    final AdamSettings s;
    int t;

    Reference(float[] start, AdamSettings settings) {
      theta = new double[N];
      for (int i = 0; i < N; i++) {
        theta[i] = start[i];
      }
      s = settings;
    }

    double step(float[] gradient) {
      double square = 0;
      for (float g : gradient) {
        square += (double) g * g;
      }
      double norm = Math.sqrt(square);
      double factor = Math.min(1, s.maxGradNorm() / (norm + 1e-6));
      t++;
      for (int i = 0; i < N; i++) {
        double g = gradient[i] * factor;
        m[i] = s.beta1() * m[i] + (1 - s.beta1()) * g;
        v[i] = s.beta2() * v[i] + (1 - s.beta2()) * g * g;
        double mHat = m[i] / (1 - Math.pow(s.beta1(), t));
        double vHat = v[i] / (1 - Math.pow(s.beta2(), t));
        theta[i] -=
            s.learningRate() * (mHat / (Math.sqrt(vHat) + s.eps()) + s.weightDecay() * theta[i]);
      }
      return norm;
    }
  }

  @Property(tries = 40)
  void everyStepIsTheAlgorithms(
      @ForAll @IntRange(max = 1_000_000) int seed,
      @ForAll @DoubleRange(min = 1e-4, max = 0.1) @Scale(6) double learningRate,
      @ForAll @DoubleRange(min = 0, max = 0.5) double weightDecay,
      @ForAll @DoubleRange(min = 0.5, max = 10) double maxNorm) {
    AdamSettings settings = new AdamSettings(learningRate, 0.9, 0.99, 1e-6, weightDecay, maxNorm);
    try (PointerScope scope = new PointerScope()) {
      Tensor theta = Noise.randn(seed, N);
      Tensor gradient = torch.zeros(N);
      Reference reference = new Reference(Ops.toFloats(theta), settings);
      try (Adam adam = new Adam(theta, gradient, settings)) {
        for (int step = 1; step <= 6; step++) {
          Tensor drawn = Noise.randn(seed + step, N);
          gradient.add_(drawn);
          double norm = reference.step(Ops.toFloats(drawn));
          assertEquals(norm, adam.step(), 1e-5 * norm);
          assertArrayEquals(new float[N], Ops.toFloats(gradient), "set to zero");
          float[] moved = Ops.toFloats(theta);
          for (int i = 0; i < N; i++) {
            assertEquals(reference.theta[i], moved[i], 1e-5, "step " + step);
          }
        }
        assertEquals(6, adam.steps());
      }
    }
  }

  /** Whatever the gradient's size, the first step moves every value by the learning rate. */
  @Test
  void theFirstStepIsTheSignOfTheGradient() {
    AdamSettings settings = AdamSettings.PAPER.withLearningRate(0.25);
    try (PointerScope scope = new PointerScope()) {
      Tensor theta = torch.zeros(3);
      Tensor gradient = Ops.floats(new float[] {1e-3f, -500, 0}, 3);
      try (Adam adam = new Adam(theta, gradient, settings)) {
        adam.step();
        // 1e-3 is clipped to 2e-6, of which ε = 1e-8 takes half a percent.
        assertArrayEquals(new float[] {-0.25f, 0.25f, 0}, Ops.toFloats(theta), 0.002f);
      }
    }
  }

  @Test
  void restoringContinuesBitForBit() {
    AdamSettings settings = new AdamSettings(0.01, 0.9, 0.999, 1e-8, 0.1, 1);
    try (PointerScope scope = new PointerScope()) {
      Tensor theta = Noise.randn(1, N);
      Tensor gradient = torch.zeros(N);
      try (Adam first = new Adam(theta, gradient, settings)) {
        for (int step = 0; step < 3; step++) {
          gradient.add_(Noise.randn(step, N));
          first.step();
        }
        Tensor copy = theta.clone();
        Tensor copyGradient = Noise.randn(9, N);
        gradient.copy_(copyGradient);
        try (Adam second = new Adam(copy, copyGradient, settings)) {
          second.restore(first.firstMoment(), first.secondMoment(), first.steps());
          first.step();
          second.step();
          assertArrayEquals(Ops.toFloats(theta), Ops.toFloats(copy));
          assertEquals(4, second.steps());
          assertArrayEquals(
              Ops.toFloats(first.secondMoment()), Ops.toFloats(second.secondMoment()));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void aGradientThatIsNoNumberChangesNothing(float broken) {
    try (PointerScope scope = new PointerScope()) {
      Tensor theta = Noise.randn(1, 2);
      float[] before = Ops.toFloats(theta);
      Tensor gradient = Ops.floats(new float[] {1, broken}, 2);
      try (Adam adam = new Adam(theta, gradient, AdamSettings.PAPER)) {
        assertRefused(DistillationException.class, adam::step, "gradient", broken, "step 1");
        assertArrayEquals(before, Ops.toFloats(theta));
        assertArrayEquals(new float[2], Ops.toFloats(adam.firstMoment()));
        assertEquals(0, adam.steps());
      }
    }
  }
}
