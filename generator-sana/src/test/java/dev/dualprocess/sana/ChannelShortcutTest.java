package dev.dualprocess.sana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

class ChannelShortcutTest {
  /** Averages of repetitions are what was repeated. */
  @Property(tries = 60)
  void averagingUndoesRepeating(
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll @IntRange(min = 1, max = 5) int channels,
      @ForAll @IntRange(min = 1, max = 4) int times,
      @ForAll @IntRange(min = 1, max = 5) int height,
      @ForAll @IntRange(min = 1, max = 5) int width) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Noise.randn(1, batch, 4L * channels, height, width);
      Tensor same = ChannelShortcut.repeated(x, 4L * channels * times);
      assertSame(x, ChannelShortcut.averaged(same, 4L * channels));
      Tensor finer = ChannelShortcut.repeatedFiner(x, (long) channels * times);
      assertArrayEquals(
          new long[] {batch, (long) channels * times, 2L * height, 2L * width}, finer.shape());
      assertSame(x, ChannelShortcut.averagedCoarser(finer, 4L * channels));
    }
  }

  /** Four channels become the 2x2 places of one, row by row. */
  @Property(tries = 20)
  void channelsBecomePlaces(@ForAll @IntRange(min = 1, max = 4) int channels) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Noise.randn(2, 1, 4L * channels, 1, 1);
      assertArrayEquals(Ops.toFloats(x), Ops.toFloats(ChannelShortcut.repeatedFiner(x, channels)));
    }
  }

  private static void assertSame(Tensor expected, Tensor actual) {
    assertArrayEquals(expected.shape(), actual.shape());
    assertArrayEquals(Ops.toFloats(expected), Ops.toFloats(actual), 1e-6f);
  }
}
