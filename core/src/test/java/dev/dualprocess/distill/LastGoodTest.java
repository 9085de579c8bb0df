package dev.dualprocess.distill;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.LoggedLines;
import java.util.List;
import java.util.OptionalInt;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run goes back to the very numbers that were found good, wherever they were kept. */
class LastGoodTest {
  private static final int SIZE = 5;

  /** In memory, and in a file. */
  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, 0})
  void allNumbersComeBack(long large) {
    try (PointerScope scope = new PointerScope()) {
      Tensor theta = Noise.randn(0, SIZE);
      Tensor gradient = torch.zeros(SIZE);
      try (Adam adam = new Adam(theta, gradient, AdamSettings.PAPER.withLearningRate(0.1));
          LastGood lastGood = new LastGood(theta, adam, large)) {
        assertEquals(OptionalInt.empty(), lastGood.restore());
        float[][] atTen = new float[3][];
        for (int step = 0; step < 14; step++) {
          lastGood.good(step);
          if (step == 10) {
            atTen = numbers(theta, adam);
          }
          int seed = step + 1;
          Memory.withoutGrad(() -> gradient.copy_(Noise.randn(seed, SIZE)));
          assertTrue(adam.step() > 0);
        }
        assertEquals(OptionalInt.of(10), lastGood.restore());
        float[][] back = numbers(theta, adam);
        for (int i = 0; i < back.length; i++) {
          assertArrayEquals(atTen[i], back[i]);
        }
        assertEquals(10, adam.steps());
      }
    }
  }

  @Test
  void anInterruptedThreadKeepsThemInItsFile() throws Exception {
    try (PointerScope scope = new PointerScope()) {
      Tensor theta = Noise.randn(0, SIZE);
      float[] start = Ops.toFloats(theta);
      try (Adam adam = new Adam(theta, torch.zeros(SIZE), AdamSettings.PAPER);
          LastGood lastGood = new LastGood(theta, adam, 0)) {
        List<String> warnings =
            LoggedLines.warnings(
                () -> {
                  Thread.currentThread().interrupt();
                  lastGood.good(0);
                  assertTrue(Thread.interrupted(), "it is for whoever runs the steps");
                });
        assertEquals(List.of(), warnings);
        Memory.withoutGrad(() -> theta.zero_());
        lastGood.restore();
        assertArrayEquals(start, Ops.toFloats(theta));
      }
    }
  }

  private static float[][] numbers(Tensor theta, Adam adam) {
    return new float[][] {
      Ops.toFloats(theta), Ops.toFloats(adam.firstMoment()), Ops.toFloats(adam.secondMoment())
    };
  }
}
