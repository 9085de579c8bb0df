package dev.dualprocess.overlay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.overlay.PresentationSettings.Range;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From an image to what a verifier sees, and back. */
class PresentationTest {
  private static final ImageSize WIDE = new ImageSize(4, 6);
  private static final double H = 1e-5;

  private static Presentation presentation(
      Optional<VisualPrompt> prompt, Range range, boolean transposed) {
    return new Presentation(
        prompt, WIDE, new PresentationSettings(range, transposed), Placement.CPU);
  }

  private static Tensor image() {
    return Noise.randn(5, 1, 3, WIDE.height(), WIDE.width());
  }

  @Test
  void byDefaultAnImageIsShownAsItIs() {
    try (PointerScope scope = new PointerScope();
        Presentation presentation =
            new Presentation(Optional.empty(), WIDE, PresentationSettings.DEFAULT, Placement.CPU);
        Presentation.Shown shown = presentation.show(image())) {
      assertFalse(presentation.hasVisualPrompt());
      assertArrayEquals(Ops.toFloats(image()), Ops.toFloats(shown.image()));
      assertFalse(shown.image().requires_grad());
      Tensor r = Noise.randn(6, 1, 3, WIDE.height(), WIDE.width());
      assertArrayEquals(Ops.toFloats(r), Ops.toFloats(shown.backward(r)));
    }
  }

  @Test
  void minMaxFillsTheRange() {
    try (PointerScope scope = new PointerScope();
        Presentation presentation = presentation(Optional.empty(), Range.MIN_MAX, false)) {
      float[] x = Ops.toFloats(image());
      float[] y = Ops.toFloats(presentation.shown(image()));
      double min = Arrays.stream(toDoubles(x)).min().orElseThrow();
      double max = Arrays.stream(toDoubles(x)).max().orElseThrow();
      for (int i = 0; i < x.length; i++) {
        assertEquals(2 * (x[i] - min) / (max - min) - 1, y[i], 1e-6);
      }
      assertEquals(-1, Arrays.stream(toDoubles(y)).min().orElseThrow());
      assertEquals(1, Arrays.stream(toDoubles(y)).max().orElseThrow());
    }
  }

  /** What a saved picture cannot hold is not shown, and nothing is learnt from it. */
  @Test
  void clampedIsWhatASavedPictureHolds() {
    try (PointerScope scope = new PointerScope();
        Presentation presentation = presentation(Optional.empty(), Range.CLAMPED, false);
        Presentation.Shown shown = presentation.show(Ops.mul(image(), 1.5))) {
      float[] x = Ops.toFloats(Ops.mul(image(), 1.5));
      float[] y = Ops.toFloats(shown.image());
      Tensor r = Noise.randn(6, shown.image().shape());
      float[] wanted = Ops.toFloats(r);
      float[] gradient = Ops.toFloats(shown.backward(r));
      int beyond = 0;
      for (int i = 0; i < x.length; i++) {
        assertEquals(Math.max(-1, Math.min(1, x[i])), y[i]);
        boolean cut = Math.abs(x[i]) > 1;
        assertEquals(cut ? 0 : wanted[i], gradient[i]);
        beyond += cut ? 1 : 0;
      }
      assertTrue(beyond > 0 && beyond < x.length, beyond + " of " + x.length);
    }
  }

  private static double[] toDoubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }

  /** The line covers values of the image; min and max are those of both together. */
  @Test
  void minMaxIsTakenOverTheOverlaidImage() {
    try (PointerScope scope = new PointerScope();
        Presentation presentation =
            presentation(Optional.of(VisualPrompt.horizon(0.5)), Range.MIN_MAX, false)) {
      assertTrue(presentation.hasVisualPrompt());
      Tensor small = Ops.mul(image(), 0.01);
      float[] y = Ops.toFloats(presentation.shown(small));
      float[] x = Ops.toFloats(small);
      int plane = WIDE.height() * WIDE.width();
      for (int i = 0; i < y.length; i++) {
        int row = i % plane / WIDE.width();
        boolean line = row == 1 || row == 2;
        double red = i < plane ? 1 : -1; // the line's red fills the range by itself
        assertEquals(line ? red : x[i], y[i], 1e-6);
      }
    }
  }

  /** In fp64, every pixel, among them those where the image is darkest and brightest. */
  @ParameterizedTest
  @CsvSource({
    "FIXED, false, false",
    "MIN_MAX, false, false",
    "MIN_MAX, false, true",
    "FIXED, true, false",
    "FIXED, false, true",
    "FIXED, true, true",
    "MIN_MAX, true, false",
    "MIN_MAX, true, true",
    "CLAMPED, false, false",
    "CLAMPED, false, true",
  })
  void theGradientIsThatOfCentralDifferences(Range range, boolean transposed, boolean line) {
    Optional<VisualPrompt> prompt =
        line ? Optional.of(VisualPrompt.horizon(0.5)) : Optional.empty();
    try (PointerScope scope = new PointerScope();
        Presentation presentation = presentation(prompt, range, transposed)) {
      Tensor x = image().to(ScalarType.Double);
      Tensor r = Ops.toLike(Noise.randn(6, presentation.shown(x).shape()), x);
      try (Presentation.Shown shown = presentation.show(x)) {
        Tensor gradient = shown.backward(r).reshape(-1);
        assertEquals(x.numel(), gradient.numel());
        for (long i = 0; i < x.numel(); i++) {
          double plus = weighted(presentation, x, i, H, r);
          double minus = weighted(presentation, x, i, -H, r);
          assertEquals((plus - minus) / (2 * H), gradient.select(0, i).item_double(), 1e-6);
        }
      }
    }
  }

  /** Σ R y at x with one value moved. */
  private static double weighted(
      Presentation presentation, Tensor x, long at, double by, Tensor r) {
    return Memory.freeing(
        () -> {
          Tensor moved = x.clone();
          moved.view(-1).select(0, at).add_(new Scalar(by));
          return presentation.shown(moved).mul(r).sum().item_double();
        });
  }

  /** The darkest pixel drags all others: its derivative would be 0 if min held no gradient. */
  @Test
  void gradientFlowsThroughTheExtremes() {
    try (PointerScope scope = new PointerScope();
        Presentation presentation = presentation(Optional.empty(), Range.MIN_MAX, false)) {
      Tensor x = image();
      float[] values = Ops.toFloats(x);
      TreeSet<Float> sorted = new TreeSet<>();
      for (float value : values) {
        sorted.add(value);
      }
      double min = sorted.first();
      double max = sorted.last();
      double range = max - min;
      int darkest = (int) x.argmin(new LongOptional(), false).item_long();
      try (Presentation.Shown shown = presentation.show(x)) {
        float[] gradient = Ops.toFloats(shown.backward(x.new_ones(x.shape())));
        // y = 2 (x - min) / (max - min) - 1, Σ over all pixels but the darkest, whose y stays -1.
        double sum = 0;
        for (float value : values) {
          sum += 2 * ((value - min) / (range * range) - 1 / range);
        }
        assertEquals(sum + 2 / range, gradient[darkest], 1e-4);
      }
    }
  }

  @Test
  void theAuthorsSwapTheSides() {
    try (PointerScope scope = new PointerScope();
        Presentation swapped = presentation(Optional.empty(), Range.FIXED, true);
        Presentation.Shown shown = swapped.show(image())) {
      long[] transposed = {1, 3, WIDE.width(), WIDE.height()};
      assertArrayEquals(transposed, swapped.shown(image()).shape());
      assertArrayEquals(transposed, shown.image().shape());
      Tensor r = Noise.randn(6, transposed);
      assertArrayEquals(image().shape(), shown.backward(r).shape());
    }
  }

  /** Squeezed, not turned: a column of the image is still a column. */
  @Test
  void swappingSqueezesAndDoesNotTurn() {
    try (PointerScope scope = new PointerScope();
        Presentation swapped = presentation(Optional.empty(), Range.FIXED, true)) {
      Tensor columns = Ops.arangeFloat(6, image().device()).view(1, 1, 1, 6);
      float[] y = Ops.toFloats(swapped.shown(columns.repeat(1, 3, 4, 1)));
      // Bilinear from 6 to 4 columns: centres at 1.5 (i + 1/2) - 1/2.
      for (int i = 0; i < y.length; i++) {
        assertEquals(1.5 * (i % 4 + 0.5) - 0.5, y[i], 1e-6);
      }
    }
  }

  @Test
  void aSquareImageHasNoSidesToSwap() {
    try (PointerScope scope = new PointerScope();
        Presentation swapped =
            new Presentation(
                Optional.empty(),
                ImageSize.square(4),
                new PresentationSettings(Range.FIXED, true),
                Placement.CPU)) {
      Tensor square = Noise.randn(5, 1, 3, 4, 4);
      assertArrayEquals(Ops.toFloats(square), Ops.toFloats(swapped.shown(square)));
    }
  }

  @Test
  void thePresetsAreWhatPaperAndAuthorsDo() {
    assertEquals(new PresentationSettings(Range.FIXED, false), PresentationSettings.DEFAULT);
    assertEquals(new PresentationSettings(Range.MIN_MAX, true), PresentationSettings.AUTHORS);
  }
}
