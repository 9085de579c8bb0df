package dev.dualprocess.lora;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/**
 * LoRAs of lower rank: what is lost is the tail of the singular values, and no less is possible.
 */
class LoraTruncationTest {
  private static Tensor effect(Lora lora, String module) {
    Tensor b = lora.b(module).flatten(1, -1).to(ScalarType.Double);
    return Ops.mul(
        b.matmul(lora.a(module).flatten(1, -1).to(ScalarType.Double)), lora.scale(module));
  }

  /** The singular values of the product itself, which the class under test never makes. */
  private static double[] singularValues(Lora lora, String module) {
    float[] values = Ops.toFloats(torch.linalg_svdvals(effect(lora, module)));
    double[] all = new double[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = values[i];
    }
    return all;
  }

  private static double squares(double[] values, int from) {
    double sum = 0;
    for (int i = from; i < values.length; i++) {
      sum += values[i] * values[i];
    }
    return sum;
  }

  @Property(tries = 25)
  void theErrorIsTheTailOfTheSingularValues(
      @ForAll @IntRange(max = 1_000_000) int seed, @ForAll @IntRange(min = 1, max = 8) int k) {
    try (PointerScope scope = new PointerScope();
        Lora lora =
            Lora.builder(0.3)
                .put("q", Noise.randn(seed, 6, 9), Noise.randn(seed + 1L, 7, 6))
                .put("k", Noise.randn(seed + 2L, 6, 4), Noise.randn(seed + 3L, 5, 6), 2.0)
                .build(Placement.CPU)) {
      LoraTruncation cut = LoraTruncation.of(lora, k);
      try (Lora low = cut.lora()) {
        double lost = 0;
        double all = 0;
        for (String module : lora.modules()) {
          double[] sigma = singularValues(lora, module);
          double tail = k >= 6 ? 0 : squares(sigma, k);
          double distance = effect(lora, module).sub(effect(low, module)).norm().item_double();
          assertEquals(Math.sqrt(tail), distance, 1e-5 * (1 + Math.sqrt(squares(sigma, 0))));
          assertEquals(Math.min(k, k >= 6 ? 6 : sigma.length), low.rank(module));
          lost += tail;
          all += squares(sigma, 0);
        }
        assertEquals(Math.sqrt(lost / all), cut.relativeError(), 1e-6);
      }
    }
  }

  /** diag(3, 2, 1) cut to rank 2 loses the 1: 1 / √14. */
  @Test
  void aDiagonalLosesItsSmallestEntry() {
    try (PointerScope scope = new PointerScope();
        Lora lora =
            Lora.builder(1)
                .put("q", torch.eye(3), Ops.floats(new float[] {1, 0, 0, 0, 3, 0, 0, 0, 2}, 3, 3))
                .build(Placement.CPU)) {
      LoraTruncation cut = LoraTruncation.of(lora, 2);
      try (Lora low = cut.lora()) {
        assertEquals(1 / Math.sqrt(14), cut.relativeError(), 1e-12);
        float[] given = Ops.toFloats(effect(low, "q"));
        assertArrayEquals(new float[] {0, 0, 0, 0, 3, 0, 0, 0, 2}, given, 1e-6f);
      }
    }
  }

  @Test
  void whatIsLowAlreadyKeepsItsBits() {
    try (Lora lora = LoraTargetsTest.random(3, 4, 0.7, "to_q")) {
      LoraTruncation cut = LoraTruncation.of(lora, 4);
      try (Lora low = cut.lora()) {
        assertEquals(0, cut.relativeError());
        assertEquals(0.7, low.scale());
        assertArrayEquals(Ops.toFloats(lora.flat()), Ops.toFloats(low.flat()));
      }
    }
  }

  @Test
  void convolutionsKeepTheirKernels() {
    try (PointerScope scope = new PointerScope();
        Lora lora =
            Lora.builder(2)
                .put("c", Noise.randn(1, 5, 4, 3, 3), Noise.randn(2, 6, 5, 1, 1))
                .build(Placement.CPU)) {
      LoraTruncation cut = LoraTruncation.of(lora, 2);
      try (Lora low = cut.lora()) {
        assertArrayEquals(new long[] {2, 4, 3, 3}, low.a("c").shape());
        assertArrayEquals(new long[] {6, 2, 1, 1}, low.b("c").shape());
        double[] sigma = singularValues(lora, "c");
        double distance = effect(lora, "c").sub(effect(low, "c")).norm().item_double();
        assertEquals(Math.sqrt(squares(sigma, 2)), distance, 1e-4);
      }
    }
  }

  @Test
  void nothingLoseNothing() {
    try (PointerScope scope = new PointerScope();
        Lora lora =
            Lora.builder(1)
                .put("q", Noise.randn(1, 3, 5), torch.zeros(4, 3))
                .build(Placement.CPU)) {
      LoraTruncation cut = LoraTruncation.of(lora, 1);
      cut.lora().close();
      assertEquals(0, cut.relativeError());
    }
  }

  @Test
  void noRankIsRefused() {
    try (Lora lora = LoraTargetsTest.random(3, 4, 0.7, "to_q")) {
      assertRefused(
          IllegalArgumentException.class, () -> LoraTruncation.of(lora, 0), "at least 1, not 0");
    }
  }

  @Test
  void lorasOfDifferentModelsAreNotStacked() {
    try (PointerScope scope = new PointerScope();
        Lora one = LoraTargetsTest.random(3, 2, 1, "to_q");
        Lora other =
            Lora.builder(1)
                .put("to_q", Noise.randn(1, 2, 77), Noise.randn(2, 5, 2))
                .build(Placement.CPU)) {
      assertRefused(
          IllegalArgumentException.class, () -> Lora.stack(one, other), "A of 'to_q'", "77");
    }
  }
}
