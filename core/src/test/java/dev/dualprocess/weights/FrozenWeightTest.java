package dev.dualprocess.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrozenWeightTest {
  @Test
  void eightBitsAreWithinHalfAStepOfEachChannel() {
    try (PointerScope scope = new PointerScope()) {
      Tensor w = Noise.randn(1, 6, 3, 2, 2).mul(Noise.randn(2, 6, 1, 1, 1).exp());
      FrozenWeight eight = FrozenWeight.inEightBits(w);
      assertEquals(1, eight.values().element_size());
      float[] error = Ops.toFloats(eight.whole().sub(w).abs());
      float[] step = Ops.toFloats(eight.scale().expand(6, 3, 2, 2).contiguous());
      for (int i = 0; i < error.length; i++) {
        assertTrue(error[i] <= 0.5001f * step[i], error[i] + " of " + step[i]);
      }
    }
  }

  @Test
  void aRowOfZerosStaysZero() {
    try (PointerScope scope = new PointerScope()) {
      FrozenWeight eight = FrozenWeight.inEightBits(Ops.floats(new float[] {0, 0, 1, -2}, 2, 2));
      assertArrayEquals(new float[] {0, 0, 1, -2}, Ops.toFloats(eight.whole()), 0.01f);
    }
  }

  /** On the CPU nothing is copied until a weight is used, and that copy goes with its scope. */
  @Test
  void aWeightOnTheHostIsTheFilesOwnUntilItIsFetched(@TempDir Path folder) throws IOException {
    Placement bf16 = new Placement("cpu", Dtype.BFLOAT16);
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner()) {
      Tensor values = Noise.randn(3, 6, 4);
      SafeTensorsWriter.write(
          folder.resolve("model.safetensors"), Map.of("proj.weight", values), Map.of());
      FrozenWeight weight =
          WeightSource.FILES
              .onTheHost()
              .build(
                  folder,
                  bf16,
                  owner,
                  WeightSource.Renaming.NONE,
                  weights -> weights.in("proj").frozen("weight", 6, 4));
      assertEquals(Dtype.FLOAT32, Dtype.of(weight.values()));
      assertEquals(Dtype.BFLOAT16, weight.dtype());
      assertEquals(6 * 4 * Float.BYTES, owner.bytes());
      Tensor fetched;
      try (PointerScope block = new PointerScope()) {
        fetched = weight.whole();
        assertArrayEquals(Ops.toFloats(bf16.place(values)), Ops.toFloats(fetched));
      }
      assertTrue(fetched.isNull(), "what was fetched outlives its block");
      assertArrayEquals(Ops.toFloats(values), Ops.toFloats(weight.values()));
    }
  }

  @Test
  @Tag("gpu")
  void aWeightForAGpuIsPinned() throws IOException {
    Placement cuda = new Placement("cuda:0", Dtype.BFLOAT16);
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner()) {
      WeightSource source = WeightSource.random(1).onTheHost();
      for (WeightSource form : List.of(source, source.inEightBits())) {
        FrozenWeight weight =
            form.build(
                Path.of("none"),
                cuda,
                owner,
                WeightSource.Renaming.NONE,
                weights -> weights.frozen("weight", 64, 64));
        assertTrue(weight.values().is_cpu() && weight.values().is_pinned());
        assertTrue(weight.whole().is_cuda());
        assertEquals(Dtype.BFLOAT16, Dtype.of(weight.whole()));
        float[] values = Ops.toFloats(weight.values());
        float[] steps = weight.scale() == null ? null : Ops.toFloats(weight.scale());
        float[] found = Ops.toFloats(weight.whole());
        for (int i = 0; i < values.length; i++) {
          float wanted = steps == null ? values[i] : values[i] * steps[i / 64];
          assertEquals(wanted, found[i], Math.abs(wanted) / 128);
        }
      }
    }
  }

  @Test
  void randomWeightsDependOnSeedAndKeyAlone() throws IOException {
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner()) {
      float[] first = Ops.toFloats(random(1, owner, "b", "a"));
      float[] again = Ops.toFloats(random(1, owner, "a"));
      float[] other = Ops.toFloats(random(2, owner, "a"));
      assertArrayEquals(first, again);
      assertTrue(Math.abs(first[0] - other[0]) > 1e-9);
      double square = 0;
      for (float v : first) {
        square += v * v / first.length;
      }
      assertEquals(1.0 / 64, square, 0.1 / 64); // of variance 1 / fan-in
    }
  }

  private static Tensor random(long seed, TensorOwner owner, String... keys) throws IOException {
    return WeightSource.random(seed)
        .build(
            Path.of("none"),
            new Placement("cpu", Dtype.BFLOAT16),
            owner,
            WeightSource.Renaming.NONE,
            weights -> {
              Tensor last = null;
              for (String key : keys) {
                last = weights.in(key).tensor("weight", 64, 64);
              }
              assertEquals(Dtype.BFLOAT16, Dtype.of(last));
              return last;
            });
  }

  /** Fetched ahead or not, in the same order or another: every weight is its own, every time. */
  @Test
  @Tag("gpu")
  void weightsThatAreFetchedAheadAreTheirOwn() throws IOException {
    Placement cuda = new Placement("cuda:0", Dtype.BFLOAT16);
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner()) {
      List<FrozenWeight> weights =
          WeightSource.random(1)
              .onTheHost()
              .build(
                  Path.of("none"),
                  cuda,
                  owner,
                  WeightSource.Renaming.NONE,
                  w ->
                      IntStream.range(0, 12)
                          .mapToObj(i -> w.frozen("weight" + i, 2048, 2048 + 16 * i))
                          .toList());
      double[] sums = weights.stream().mapToDouble(w -> sum(w.values())).toArray();
      for (int round = 0; round < 6; round++) {
        for (int i = 0; i < 12; i++) {
          int at = round == 3 ? 11 - i : i;
          assertEquals(sums[at], sum(weights.get(at).whole()), 0.01 * (1 + Math.abs(sums[at])));
        }
      }
    }
  }

  private static double sum(Tensor x) {
    return Memory.freeing(() -> x.to(torch.ScalarType.Double).sum().item_double());
  }
}
