package dev.dualprocess.lora;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.lora.LoraSettings.Init;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** New adapters, and W + s BA against double arithmetic. */
class LoraTargetsTest {
  private static final String Q = "blocks.0.to_q";
  private static final String K = "blocks.0.to_k";
  private static final int IN = 5;
  private static final int OUT = 4;

  /** Two linear maps from IN to OUT; a new adapter covers the first. */
  private static final class Model implements AutoCloseable {
    private final TensorOwner owner = new TensorOwner();
    final Tensor wq = owner.own(Memory.kept(() -> Noise.randn(1, OUT, IN)));
    final Tensor wk = owner.own(Memory.kept(() -> Noise.randn(2, OUT, IN)));
    final Tensor bias = owner.own(Memory.kept(() -> Noise.randn(3, OUT)));
    final Linear q = new Linear(Q, wq, bias);
    final Linear k = new Linear(K, wk, null);
    final LoraTargets targets = new LoraTargets(List.of(q, k), Set.of(Q), Placement.CPU);

    @Override
    public void close() {
      targets.close();
      owner.close();
    }
  }

  private static Tensor x() {
    return Noise.randn(4, 3, IN);
  }

  static Lora random(long seed, int rank, double scale, String... modules) {
    try (PointerScope scope = new PointerScope()) {
      Lora.Builder builder = Lora.builder(scale);
      for (String module : modules) {
        builder.put(
            module,
            Noise.randn(seed, rank, IN),
            Noise.randn(seed + 1 + module.length(), OUT, rank));
      }
      return builder.build(Placement.CPU);
    }
  }

  /** x Wᵀ + b in double arithmetic is what the layer gives. */
  private static void assertMaps(double[][] weight, Tensor bias, Linear layer) {
    double[][] wanted = Plain.times(Plain.matrix(x()), Plain.transpose(weight));
    double[][] given = Plain.matrix(layer.forward(x()));
    float[] b = bias == null ? new float[OUT] : Ops.toFloats(bias);
    for (int i = 0; i < wanted.length; i++) {
      for (int j = 0; j < OUT; j++) {
        assertEquals(wanted[i][j] + b[j], given[i][j], 1e-5 * (1 + Math.abs(wanted[i][j])));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNewAdapterLeavesEveryBitAsItIs(Init init) {
    try (PointerScope scope = new PointerScope();
        Model model = new Model();
        Lora lora = model.targets.create(new LoraSettings(3, 24, init), 7)) {
      float[] bare = Ops.toFloats(model.q.forward(x()));
      try (LoraTargets.Attachment attached = model.targets.attach(lora, 5)) {
        assertArrayEquals(bare, Ops.toFloats(model.q.forward(x())));
      }
      assertEquals(Set.of(Q), lora.modules());
      assertEquals(3, lora.rank());
      assertEquals(8, lora.scale());
      assertArrayEquals(new long[] {3, IN}, lora.a(Q).shape());
      assertArrayEquals(new long[] {OUT, 3}, lora.b(Q).shape());
      assertFalse(Arrays.equals(new float[3 * IN], Ops.toFloats(lora.a(Q))));
    }
  }

  private static float[] start(Init init, int rank, int in, long seed) {
    Linear wide = new Linear("wide", Noise.randn(0, 1, in), null);
    LoraTargets targets = new LoraTargets(List.of(wide), Set.of("wide"), Placement.CPU);
    try (Lora lora = targets.create(new LoraSettings(rank, 1, init), seed)) {
      return Ops.toFloats(lora.a("wide"));
    }
  }

  @Test
  void gaussianHasADeviationOfOneOverTheRank() {
    try (PointerScope scope = new PointerScope()) {
      float[] a = start(Init.GAUSSIAN, 16, 4096, 0);
      double mean = 0;
      double square = 0;
      int near = 0;
      for (float value : a) {
        mean += value / a.length;
        square += (double) value * value / a.length;
        near += Math.abs(value) < 1 / 16.0 ? 1 : 0;
      }
      // 65536 values: three standard errors are 1.2 % of the deviation, 0.8 % for the mean.
      assertEquals(0, mean, 0.012 / 16);
      assertEquals(1 / 16.0, Math.sqrt(square), 0.01 / 16);
      assertEquals(0.6827, (double) near / a.length, 0.006);
    }
  }

  @Test
  void kaimingIsUniformWithinOneOverTheRootOfItsInputs() {
    try (PointerScope scope = new PointerScope()) {
      float[] a = start(Init.KAIMING_UNIFORM, 8, 4096, 0);
      double bound = 1 / Math.sqrt(4096);
      double mean = 0;
      double square = 0;
      double least = 0;
      double most = 0;
      for (float value : a) {
        mean += value / a.length;
        square += (double) value * value / a.length;
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      assertEquals(0, mean, 0.012 * bound);
      assertEquals(bound * bound / 3, square, 0.02 * bound * bound / 3);
      assertTrue(least >= -bound && least < -0.999 * bound, "least " + least);
      assertTrue(most <= bound && most > 0.999 * bound, "most " + most);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theStartFollowsFromItsSeed(Init init) {
    try (PointerScope scope = new PointerScope()) {
      assertArrayEquals(start(init, 2, 9, 11), start(init, 2, 9, 11));
      assertFalse(Arrays.equals(start(init, 2, 9, 11), start(init, 2, 9, 12)));
    }
  }

  @Property(tries = 60)
  void attachedAdaptersAddUpAndLeaveNoTrace(
      @ForAll @IntRange(max = 1_000_000) int seed,
      @ForAll @IntRange(min = 1, max = 6) int rank,
      @ForAll @DoubleRange(min = -3, max = 3) double scale,
      @ForAll @DoubleRange(min = -3, max = 3) double weight) {
    try (PointerScope scope = new PointerScope();
        Model model = new Model();
        Lora both = random(seed, rank, scale, Q, K);
        Lora one = random(seed + 50L, 2, 0.5, Q)) {
      float[] bare = Ops.toFloats(model.q.forward(x()));
      double[][] w = Plain.matrix(model.wq);
      double[][] changed = Plain.plus(w, weight * scale, Plain.change(both, Q));
      LoraTargets.Attachment first = model.targets.attach(both, weight);
      assertMaps(changed, model.bias, model.q);
      assertMaps(
          Plain.plus(Plain.matrix(model.wk), weight * scale, Plain.change(both, K)), null, model.k);
      LoraTargets.Attachment second = model.targets.attach(one, 2);
      assertMaps(Plain.plus(changed, 1.0, Plain.change(one, Q)), model.bias, model.q);
      first.close();
      first.close();
      assertMaps(Plain.plus(w, 1.0, Plain.change(one, Q)), model.bias, model.q);
      second.close();
      assertArrayEquals(bare, Ops.toFloats(model.q.forward(x())));
    }
  }

  @Property(tries = 30)
  void mergingIsAttachingForGood(
      @ForAll @IntRange(max = 1_000_000) int seed,
      @ForAll @DoubleRange(min = -2, max = 2) double weight) {
    try (PointerScope scope = new PointerScope();
        Model model = new Model();
        Lora lora = random(seed, 3, 1.5, Q)) {
      float[] original = Ops.toFloats(model.wq);
      double[][] w = Plain.matrix(model.wq);
      double[][] change = Plain.change(lora, Q);
      model.targets.merge(lora, weight);
      assertMaps(Plain.plus(w, weight * 1.5, change), model.bias, model.q);
      assertMaps(Plain.matrix(model.wk), null, model.k);
      model.targets.merge(lora, 1);
      try (LoraTargets.Attachment attached = model.targets.attach(lora, -1)) {
        assertMaps(Plain.plus(w, weight * 1.5, change), model.bias, model.q);
      }
      assertMaps(Plain.plus(w, (weight + 1) * 1.5, change), model.bias, model.q);
      assertArrayEquals(original, Ops.toFloats(model.wq), "the checkpoint's own tensor");
    }
  }

  @Test
  void anAdapterOfAnotherModelIsRefused() {
    try (PointerScope scope = new PointerScope();
        Model model = new Model();
        Lora elsewhere = random(1, 2, 1, Q, "blocks.7.to_q")) {
      float[] bare = Ops.toFloats(model.q.forward(x()));
      assertRefused(
          IllegalArgumentException.class,
          () -> model.targets.attach(elsewhere, 1),
          "another model",
          "'blocks.7.to_q'");
      assertRefused(
          IllegalArgumentException.class,
          () -> model.targets.merge(elsewhere, 1),
          "'blocks.7.to_q'");
      assertArrayEquals(bare, Ops.toFloats(model.q.forward(x())), "nothing was attached");
    }
  }

  @Test
  void anAdapterOfAnotherSizeIsRefused() {
    try (PointerScope scope = new PointerScope();
        Model model = new Model()) {
      Lora.Builder wide = Lora.builder(1);
      wide.put(Q, Noise.randn(1, 2, IN + 1), Noise.randn(2, OUT, 2));
      try (Lora lora = wide.build(Placement.CPU)) {
        assertRefused(
            IllegalArgumentException.class,
            () -> model.targets.attach(lora, 1),
            "another model",
            "'" + Q + "'",
            "A [2, 5] and B [4, 2] here",
            "A [2, 6] and B [4, 2] in the LoRA");
      }
    }
  }
}
