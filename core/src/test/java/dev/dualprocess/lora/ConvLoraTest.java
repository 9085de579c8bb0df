package dev.dualprocess.lora;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.lora.LoraSettings.Init;
import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters of convolutions against double arithmetic. */
class ConvLoraTest {
  private static final String PATH = "ff.conv";
  private static final int BATCH = 2;
  private static final int HEIGHT = 5;
  private static final int WIDTH = 7;

  @TempDir private Path folder;

  /** One convolution that takes a LoRA. */
  private static final class Model implements AutoCloseable {
    final int in;
    final int out;
    final int kernel;
    final int stride;
    final int padding;
    final int groups;
    final TensorOwner owner = new TensorOwner();
    final Tensor weight;
    final Tensor bias;
    final Conv2d conv;
    final LoraTargets targets;

    Model(int in, int out, int kernel, int stride, int padding, int groups) {
      this.in = in;
      this.out = out;
      this.kernel = kernel;
      this.stride = stride;
      this.padding = padding;
      this.groups = groups;
      try (PointerScope scope = new PointerScope()) {
        weight = owner.own(Noise.randn(1, out, in / groups, kernel, kernel));
        bias = owner.own(Noise.randn(2, out));
      }
      conv = new Conv2d(PATH, weight, bias, stride, padding, groups);
      targets = new LoraTargets(List.of(conv), Set.of(PATH), Placement.CPU);
    }

    Tensor x() {
      return Noise.randn(3, BATCH, in, HEIGHT, WIDTH);
    }

    Lora lora(long seed, int rank, double scale) {
      try (PointerScope scope = new PointerScope()) {
        return Lora.builder(scale)
            .put(
                PATH,
                Noise.randn(seed, rank, in, kernel, kernel),
                Noise.randn(seed + 1, out, rank, 1, 1))
            .build(Placement.CPU);
      }
    }

    /** The kernel of all channels for all channels, with {@code weight} times the LoRA's change. */
    double[][][][] kernel(Lora lora, double loraWeight) {
      float[] w = Ops.toFloats(weight);
      float[] a = lora == null ? null : Ops.toFloats(lora.a(PATH));
      float[] b = lora == null ? null : Ops.toFloats(lora.b(PATH));
      int square = kernel * kernel;
      double[][][][] all = new double[out][in][kernel][kernel];
      for (int o = 0; o < out; o++) {
        int firstIn = o / (out / groups) * (in / groups);
        for (int i = 0; i < in; i++) {
          for (int k = 0; k < square; k++) {
            double value = 0;
            if (i >= firstIn && i < firstIn + in / groups) {
              value = w[(o * (in / groups) + i - firstIn) * square + k];
            }
            for (int r = 0; lora != null && r < lora.rank(); r++) {
              value +=
                  loraWeight * lora.scale() * b[o * lora.rank() + r] * a[(r * in + i) * square + k];
            }
            all[o][i][k / kernel][k % kernel] = value;
          }
        }
      }
      return all;
    }

    /** The layer gives what that kernel gives. */
    void assertConvolves(double[][][][] all) {
      float[] x = Ops.toFloats(x());
      float[] b = Ops.toFloats(bias);
      Tensor y = conv.forward(x());
      float[] given = Ops.toFloats(y);
      int rows = (HEIGHT + 2 * padding - kernel) / stride + 1;
      int columns = (WIDTH + 2 * padding - kernel) / stride + 1;
      assertArrayEquals(new long[] {BATCH, out, rows, columns}, y.shape());
      for (int at = 0; at < given.length; at++) {
        int n = at / (out * rows * columns);
        int o = at / (rows * columns) % out;
        int row = at / columns % rows;
        int column = at % columns;
        double wanted = b[o];
        double size = 1;
        for (int i = 0; i < in; i++) {
          for (int k = 0; k < kernel * kernel; k++) {
            int h = row * stride - padding + k / kernel;
            int v = column * stride - padding + k % kernel;
            if (h >= 0 && h < HEIGHT && v >= 0 && v < WIDTH) {
              double term =
                  all[o][i][k / kernel][k % kernel] * x[((n * in + i) * HEIGHT + h) * WIDTH + v];
              wanted += term;
              size += Math.abs(term);
            }
          }
        }
        assertEquals(wanted, given[at], 1e-5 * size);
      }
    }

    @Override
    public void close() {
      targets.close();
      owner.close();
    }
  }

  /** 1x1, 3x3 of stride 2, groups of two channels, depthwise. */
  private static Model model(int kind) {
    return switch (kind) {
      case 0 -> new Model(3, 4, 1, 1, 0, 1);
      case 1 -> new Model(3, 4, 3, 2, 1, 1);
      case 2 -> new Model(4, 6, 3, 1, 1, 2);
      default -> new Model(4, 4, 3, 1, 1, 4);
    };
  }

  @Property(tries = 40)
  void attachedAdaptersAddUpAndLeaveNoTrace(
      @ForAll @IntRange(max = 3) int kind,
      @ForAll @IntRange(max = 1_000_000) int seed,
      @ForAll @IntRange(min = 1, max = 3) int rank) {
    try (PointerScope scope = new PointerScope();
        Model model = model(kind);
        Lora one = model.lora(seed, rank, 0.5);
        Lora two = model.lora(seed + 10L, 2, 1.5);
        Lora both = Lora.stack(one, two)) {
      float[] bare = Ops.toFloats(model.conv.forward(model.x()));
      model.assertConvolves(model.kernel(null, 0));
      try (LoraTargets.Attachment attached = model.targets.attach(one, -2)) {
        model.assertConvolves(model.kernel(one, -2));
      }
      try (LoraTargets.Attachment first = model.targets.attach(one, 1);
          LoraTargets.Attachment second = model.targets.attach(two, 1)) {
        model.assertConvolves(model.kernel(both, 1));
      }
      assertArrayEquals(bare, Ops.toFloats(model.conv.forward(model.x())));
    }
  }

  @Property(tries = 20)
  void mergingIsAttachingForGood(
      @ForAll @IntRange(max = 3) int kind, @ForAll @IntRange(max = 1_000_000) int seed) {
    try (PointerScope scope = new PointerScope();
        Model model = model(kind);
        Lora lora = model.lora(seed, 2, 0.7)) {
      float[] original = Ops.toFloats(model.weight);
      try (Lora copy = lora.on(Placement.CPU)) {
        model.targets.merge(copy, 1.25);
        model.targets.merge(copy, -0.25);
      }
      model.assertConvolves(model.kernel(lora, 1));
      try (LoraTargets.Attachment attached = model.targets.attach(lora, 1)) {
        model.assertConvolves(model.kernel(lora, 2));
      }
      model.assertConvolves(model.kernel(lora, 1));
      assertArrayEquals(original, Ops.toFloats(model.weight), "the checkpoint's own tensor");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void mergedCopiesAreFreed(int kind) {
    long[] counts = new long[2];
    for (int run = 0; run < 2; run++) {
      try (Model model = model(kind);
          Lora lora = model.lora(1, 2, 0.7)) {
        model.targets.merge(lora, 1);
        model.targets.merge(lora, 1);
        model.targets.close();
      }
      counts[run] = Pointer.totalCount();
    }
    assertEquals(counts[0], counts[1]);
  }

  @Test
  void aNewAdapterHasTheReferencesShapesAndStart() {
    try (PointerScope scope = new PointerScope();
        Model model = new Model(64, 64, 3, 1, 1, 64);
        Lora kaiming = model.targets.create(new LoraSettings(5, 10, Init.KAIMING_UNIFORM), 7);
        Lora gaussian = model.targets.create(new LoraSettings(5, 10, Init.GAUSSIAN), 7)) {
      assertArrayEquals(new long[] {5, 64, 3, 3}, kaiming.a(PATH).shape());
      assertArrayEquals(new long[] {64, 5, 1, 1}, kaiming.b(PATH).shape());
      double bound = 1 / Math.sqrt(64 * 9);
      double most = kaiming.a(PATH).abs().max().item_double();
      assertTrue(most <= bound && most > 0.99 * bound, most + " of " + bound);
      assertEquals(1.0 / 5, gaussian.a(PATH).std().item_double(), 0.01);
      float[] bare = Ops.toFloats(model.conv.forward(model.x()));
      try (LoraTargets.Attachment attached = model.targets.attach(kaiming, 5)) {
        assertArrayEquals(bare, Ops.toFloats(model.conv.forward(model.x())));
      }
    }
  }

  @Test
  void gradientsReachBothFactors() {
    try (PointerScope scope = new PointerScope();
        Model model = model(3);
        Lora lora = model.lora(5, 2, 0.5)) {
      lora.flatGradient();
      try (LoraTargets.Attachment attached = model.targets.attach(lora, 1)) {
        Tensor y = model.conv.forward(model.x());
        Ops.backward(y, Noise.randn(9, y.shape()));
      }
      assertTrue(lora.a(PATH).grad().norm().item_double() > 0);
      assertTrue(lora.b(PATH).grad().norm().item_double() > 0);
    }
  }

  @Test
  void filesKeepTheFourDimensions() throws IOException {
    Path path = folder.resolve("conv.safetensors");
    try (Model model = model(3);
        Lora saved = model.lora(1, 3, 0.5)) {
      saved.save(path);
      try (Lora loaded = Lora.load(path);
          PointerScope scope = new PointerScope()) {
        assertEquals(1, loaded.scale());
        assertArrayEquals(saved.a(PATH).shape(), loaded.a(PATH).shape());
        assertArrayEquals(saved.b(PATH).shape(), loaded.b(PATH).shape());
        assertArrayEquals(Ops.toFloats(saved.a(PATH)), Ops.toFloats(loaded.a(PATH)));
        assertArrayEquals(Ops.toFloats(Ops.mul(saved.b(PATH), 0.5)), Ops.toFloats(loaded.b(PATH)));
        model.targets.attach(loaded, 1).close();
      }
    }
  }

  /** PEFT 0.20 and later make grouped factors, which are another adapter. */
  @Test
  void factorsOfAnotherShapeAreRefused() {
    try (PointerScope scope = new PointerScope();
        Model model = model(3);
        Lora grouped =
            Lora.builder(1)
                .put(PATH, Noise.randn(1, 4, 1, 3, 3), Noise.randn(2, 4, 4, 1, 1))
                .build(Placement.CPU)) {
      assertRefused(
          IllegalArgumentException.class,
          () -> model.targets.attach(grouped, 1),
          "'" + PATH + "'",
          "A [4, 4, 3, 3]",
          "A [4, 1, 3, 3]");
    }
  }

  /** The convolution in bf16, its branch in fp32: only the sum is rounded. */
  @Test
  void branchesOfAHalfPrecisionLayerAreComputedInSinglePrecision() {
    try (PointerScope scope = new PointerScope();
        Model model = model(3);
        Lora lora = model.lora(5, 2, 0.5)) {
      Tensor zero = model.weight.mul(model.weight.sub(model.weight));
      Conv2d half = new Conv2d(PATH, zero.to(ScalarType.BFloat16), null, 1, 1, 4);
      Conv2d single = new Conv2d(PATH, zero, null, 1, 1, 4);
      LoraTargets halves = new LoraTargets(List.of(half), Set.of(PATH), Placement.CPU);
      LoraTargets singles = new LoraTargets(List.of(single), Set.of(PATH), Placement.CPU);
      Tensor x = model.x().to(ScalarType.BFloat16);
      try (LoraTargets.Attachment there = halves.attach(lora, 1);
          LoraTargets.Attachment here = singles.attach(lora, 1)) {
        Tensor y = half.forward(x);
        assertEquals(Dtype.BFLOAT16, Dtype.of(y));
        Tensor exact = single.forward(Ops.toFloat(x));
        float[] wanted = Ops.toFloats(exact);
        float[] given = Ops.toFloats(y);
        for (int i = 0; i < wanted.length; i++) {
          assertEquals(wanted[i], given[i], Math.abs(wanted[i]) / 256 + 1e-6);
        }
      }
    }
  }
}
