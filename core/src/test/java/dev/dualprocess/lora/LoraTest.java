package dev.dualprocess.lora;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.common.primitives.Floats;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** LoRAs as values, and the one vector behind all their tensors. */
class LoraTest {
  private static final String Q = "to_q";
  private static final String K = "to_k";

  private static void assertChanges(double[][] wanted, double scale, double[][] change) {
    for (int i = 0; i < wanted.length; i++) {
      for (int j = 0; j < wanted[0].length; j++) {
        assertEquals(wanted[i][j], scale * change[i][j], 1e-5 * (1 + Math.abs(wanted[i][j])));
      }
    }
  }

  private static double[][] zeros(double[][] like) {
    return new double[like.length][like[0].length];
  }

  @Property(tries = 50)
  void scalingIsLinear(
      @ForAll @IntRange(max = 1_000_000) int seed,
      @ForAll @DoubleRange(min = -4, max = 4) double factor) {
    try (Lora lora = LoraTargetsTest.random(seed, 3, 2.5, Q);
        Lora scaled = lora.scaled(factor)) {
      assertEquals(2.5 * factor, scaled.scale());
      double[][] change = Plain.change(lora, Q);
      assertChanges(
          Plain.plus(zeros(change), 2.5 * factor, change), scaled.scale(), Plain.change(scaled, Q));
    }
  }

  @Test
  void aScaledCopyIsIndependent() {
    try (Lora lora = LoraTargetsTest.random(1, 2, 1, Q);
        Lora copy = lora.scaled(1)) {
      float[] before = Ops.toFloats(copy.flat());
      lora.flat().zero_();
      assertArrayEquals(before, Ops.toFloats(copy.flat()));
    }
  }

  @Property(tries = 50)
  void aStackHasTheSumOfTheEffects(
      @ForAll @IntRange(max = 1_000_000) int seed,
      @ForAll @IntRange(min = 1, max = 4) int rank,
      @ForAll @DoubleRange(min = -3, max = 3) double scale) {
    try (Lora one = LoraTargetsTest.random(seed, rank, scale, Q, K);
        Lora two = LoraTargetsTest.random(seed + 9L, 2, 0.25, Q);
        Lora sum = Lora.stack(one, two)) {
      assertEquals(Set.of(Q, K), sum.modules());
      assertEquals(rank + 2, sum.rank(Q));
      assertEquals(rank, sum.rank(K));
      assertEquals(rank + 2, sum.rank());
      double[][] q = Plain.change(one, Q);
      double[][] wanted = Plain.plus(Plain.plus(zeros(q), scale, q), 0.25, Plain.change(two, Q));
      assertChanges(wanted, sum.scale(), Plain.change(sum, Q));
      double[][] k = Plain.change(one, K);
      assertChanges(Plain.plus(zeros(k), scale, k), sum.scale(), Plain.change(sum, K));
    }
  }

  @Test
  void nothingCannotBeStacked() {
    assertRefused(IllegalArgumentException.class, Lora::stack, "nothing to stack");
  }

  @Test
  void everyFactorIsAViewOfTheFlatVector() {
    try (PointerScope scope = new PointerScope();
        Lora lora = LoraTargetsTest.random(1, 2, 1, Q, K)) {
      assertArrayEquals(Ops.toFloats(lora.flat()), joined(lora));
      lora.flat().copy_(Ops.arangeFloat(lora.flat().numel(), lora.flat().device()));
      assertArrayEquals(Ops.toFloats(lora.flat()), joined(lora));
      assertEquals(1, lora.a(Q).select(0, 0).select(0, 1).item_double());
    }
  }

  private static float[] joined(Lora lora) {
    return Floats.concat(
        Ops.toFloats(lora.a(Q)),
        Ops.toFloats(lora.b(Q)),
        Ops.toFloats(lora.a(K)),
        Ops.toFloats(lora.b(K)));
  }

  /** y = W x + s BAx, L = Σ R y: dL/dA = s Bᵀ Rᵀ x, dL/dB = s Rᵀ (x Aᵀ); twice is double. */
  @Test
  void backwardAddsToTheFlatGradient() {
    double s = 1.75;
    try (PointerScope scope = new PointerScope();
        Lora lora = LoraTargetsTest.random(3, 2, s / 2, Q, K)) {
      Tensor gradient = lora.flatGradient();
      assertArrayEquals(new float[(int) lora.flat().numel()], Ops.toFloats(gradient));
      Linear q = new Linear(Q, Noise.randn(1, 4, 5), null);
      Linear k = new Linear(K, Noise.randn(2, 4, 5), null);
      LoraTargets targets = new LoraTargets(List.of(q, k), Set.of(Q, K), Placement.CPU);
      Tensor x = Noise.randn(4, 3, 5);
      Tensor r = Noise.randn(5, 3, 4);
      try (LoraTargets.Attachment attached = targets.attach(lora, 2)) {
        Ops.backward(q.forward(x), r);
        float[] once = Ops.toFloats(gradient);
        assertGradient(lora, x, r, s, once);
        Ops.backward(q.forward(x), r);
        float[] twice = Ops.toFloats(gradient);
        for (int i = 0; i < once.length; i++) {
          assertEquals(2 * once[i], twice[i], 1e-5);
        }
      }
      gradient.zero_();
      Ops.backward(Ops.mul(lora.b(K), 3), torch.ones_like(lora.b(K)));
      float[] other = Ops.toFloats(lora.flatGradient());
      float[] threes = new float[(int) lora.b(K).numel()];
      Arrays.fill(threes, 3);
      assertArrayEquals(
          threes, Arrays.copyOfRange(other, other.length - threes.length, other.length));
    }
  }

  private static void assertGradient(Lora lora, Tensor x, Tensor r, double s, float[] gradient) {
    double[][] xs = Plain.matrix(x);
    double[][] rt = Plain.transpose(Plain.matrix(r));
    double[][] a = Plain.matrix(lora.a(Q));
    double[][] b = Plain.matrix(lora.b(Q));
    double[][] da = Plain.times(Plain.transpose(b), Plain.times(rt, xs));
    double[][] db = Plain.times(rt, Plain.times(xs, Plain.transpose(a)));
    int at = 0;
    for (double[][] part : List.of(da, db)) {
      for (double[] row : part) {
        for (double value : row) {
          assertEquals(s * value, gradient[at++], 1e-4);
        }
      }
    }
    while (at < gradient.length) {
      assertEquals(0, gradient[at++], "of the module that was not used");
    }
  }

  @Test
  void aCopyDoesNotTrain() {
    try (Lora lora = LoraTargetsTest.random(3, 2, 1, Q)) {
      lora.flatGradient();
      try (Lora copy = lora.on(Placement.CPU)) {
        assertFalse(copy.a(Q).requires_grad());
        assertArrayEquals(Ops.toFloats(lora.flat()), Ops.toFloats(copy.flat()));
      }
    }
  }
}
