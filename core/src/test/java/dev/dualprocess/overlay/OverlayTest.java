package dev.dualprocess.overlay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Png;
import dev.dualprocess.image.Resampling;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Drawings over images: the authors' outputs and gradients, and what holds for every drawing. */
class OverlayTest {
  private static final int PIPELINE_UNIT = 16;

  /** One golden case; one that equals another differs only in what happens to its drawing first. */
  private record Case(String name, String golden, JsonNode spec) {
    boolean throughPipeline() {
      return name.endsWith("pipe-flux");
    }

    OverlayMode mode() {
      return OverlayMode.valueOf(spec.path("mode").asText().toUpperCase(Locale.ROOT));
    }

    String input() {
      return spec.path("input").asText();
    }

    /** The tensor R that belongs to an input of that name. */
    String r() {
      return input().replaceFirst("^input", "R");
    }

    /** The training pipeline first brings a drawing to multiples of 16, with Pillow's lanczos. */
    BufferedImage drawing() throws IOException {
      BufferedImage drawing = Png.read(Fixtures.path("overlays/" + spec.path("png").asText()));
      ImageSize fitting = new ImageSize(fit(drawing.getHeight()), fit(drawing.getWidth()));
      return throughPipeline() ? Resampling.LANCZOS.resize(drawing, fitting) : drawing;
    }

    private static int fit(int side) {
      return side - side % PIPELINE_UNIT;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    JsonNode all = Fixtures.json("overlays/overlays.json").path("cases");
    List<Case> cases = new ArrayList<>();
    for (JsonNode one : all) {
      String name = one.path("key").asText();
      String golden = one.path("equal_to").asText(name);
      for (JsonNode spec : all) {
        if (spec.path("key").asText().equals(golden)) {
          cases.add(new Case(name, golden, spec));
        }
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputAndGradientAreTheAuthors(Case one) throws IOException {
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden("overlays/overlays")) {
      Tensor x = Ops.leaf(golden.tensor(one.input()));
      VisualPrompt prompt = VisualPrompt.drawing(one.drawing(), one.mode());
      try (Overlay overlay = Overlay.of(prompt, size(x), Placement.CPU)) {
        Tensor y = overlay.apply(x);
        golden.assertClose(one.golden() + ".output", y, 1e-4);
        if (golden.has(one.golden() + ".grad_input")) {
          Ops.backward(y, golden.tensor(one.r()));
          golden.assertClose(one.golden() + ".grad_input", x.grad(), 1e-3);
        }
      }
    }
  }

  private static ImageSize size(Tensor image) {
    return new ImageSize(Math.toIntExact(image.size(2)), Math.toIntExact(image.size(3)));
  }

  /** Half white, a quarter nearly white, a quarter of any colour. */
  private static BufferedImage anyDrawing(Random random, int height, int width) {
    BufferedImage drawing = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < height * width; i++) {
      int colour =
          switch (random.nextInt(4)) {
            case 0 -> 0xffffff - (1 << (8 * random.nextInt(3)));
            case 1 -> random.nextInt(0x1000000);
            default -> 0xffffff;
          };
      drawing.setRGB(i % width, i / width, colour);
    }
    return drawing;
  }

  private static float value(BufferedImage drawing, int pixel, int channel) {
    int rgb = drawing.getRGB(pixel % drawing.getWidth(), pixel / drawing.getWidth());
    return ((rgb >> (16 - 8 * channel)) & 0xff) / 255f * 2f - 1f;
  }

  /** A drawing over a random image, with the gradient of Σ R y. */
  private static void onAnyImage(long seed, int height, int width, OverlayMode mode, Check check) {
    try (PointerScope scope = new PointerScope()) {
      BufferedImage drawing = anyDrawing(new Random(seed), height, width);
      Tensor x = Ops.leaf(Noise.randn(seed, 1, 3, height, width));
      Tensor r = Noise.randn(seed + 1, 1, 3, height, width);
      VisualPrompt prompt = VisualPrompt.drawing(drawing, mode);
      try (Overlay overlay = Overlay.of(prompt, new ImageSize(height, width), Placement.CPU)) {
        Tensor y = overlay.apply(x);
        Ops.backward(y, r);
        float[] xs = Ops.toFloats(x);
        float[] ys = Ops.toFloats(y);
        float[] rs = Ops.toFloats(r);
        float[] gradient = Ops.toFloats(x.grad());
        int plane = height * width;
        for (int i = 0; i < 3 * plane; i++) {
          boolean white =
              (drawing.getRGB(i % plane % width, i % plane / width) & 0xffffff) == 0xffffff;
          float drawn = value(drawing, i % plane, i / plane);
          check.value(white, drawn, xs[i], ys[i], gradient[i] / rs[i]);
        }
      }
    }
  }

  /** What should hold of one value: drawing d, image x, output y, dy/dx. */
  private interface Check {
    void value(boolean white, float d, float x, float y, float dydx);
  }

  @Property(tries = 60)
  void solidLeavesWhatIsWhiteAndTakesTheDrawingElsewhere(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 12) int height,
      @ForAll @IntRange(min = 1, max = 12) int width) {
    onAnyImage(
        seed,
        height,
        width,
        OverlayMode.SOLID,
        (white, d, x, y, dydx) -> {
          assertEquals(white ? x : d, y);
          assertEquals(white ? 1f : 0f, Math.abs(dydx));
        });
  }

  @Property(tries = 60)
  void transparentIsHalfOfEach(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 12) int height,
      @ForAll @IntRange(min = 1, max = 12) int width) {
    onAnyImage(
        seed,
        height,
        width,
        OverlayMode.TRANSPARENT,
        (white, d, x, y, dydx) -> {
          assertEquals(0.5f * x + 0.5f * d, y);
          assertEquals(0.5f, dydx);
        });
  }

  /** Bilinear, without antialiasing: a pixel of two by two is their mean. */
  @Property(tries = 20)
  void aLargerDrawingIsBroughtToTheImagesSize(@ForAll @IntRange(max = 0xffffff) int colour) {
    try (PointerScope scope = new PointerScope()) {
      BufferedImage drawing = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
      drawing.setRGB(0, 0, colour);
      drawing.setRGB(1, 1, 0xffffff);
      VisualPrompt prompt = VisualPrompt.drawing(drawing, OverlayMode.SOLID);
      try (Overlay overlay = Overlay.of(prompt, new ImageSize(1, 1), Placement.CPU)) {
        float[] mean = new float[3];
        for (int i = 0; i < 12; i++) {
          mean[i / 4] += value(drawing, i % 4, i / 4) / 4;
        }
        Tensor y = overlay.apply(Noise.randn(0, 1, 3, 1, 1));
        assertArrayEquals(mean, Ops.toFloats(y), 1e-6f);
      }
    }
  }
}
