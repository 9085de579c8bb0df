package dev.dualprocess.idefics2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.vqa.ImageProcessor;
import java.awt.image.BufferedImage;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Pictures of 8 bits: the same pixels as the Python image processor makes. */
class ImageProcessorTest {
  private static final String NAME = "vlm/idefics2_image_processor";

  private static PreprocessorConfig config() {
    return new Idefics2Family().architecture().preprocessor();
  }

  private static ImageProcessor processor() {
    Idefics2 family = new Idefics2Family().architecture();
    return new ImageProcessor(family.imageSizing(), family.imageStatistics(), Placement.CPU);
  }

  @Test
  void pixelsAreThoseOfTheProcessor() {
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(NAME);
        ImageProcessor processor = processor()) {
      JsonNode cases = Fixtures.json(NAME + ".json").get("cases");
      for (int i = 0; i < cases.size(); i++) {
        Tensor pixels = processor.pixels(golden.picture(i + ".uint8_hwc")).unsqueeze(0);
        assertArrayEquals(Fixtures.longs(cases.get(i).get("pixel_values_shape")), pixels.shape());
        golden.assertClose(i + ".pixel_values", subsampled(pixels, cases.get(i)), 1e-4);
      }
    }
  }

  /** The golden data keep every so-manieth row and column. */
  private static Tensor subsampled(Tensor pixels, JsonNode c) {
    String every = c.path("subsampled").asText("").replaceAll("\\D+", "");
    int step = every.isEmpty() ? 1 : Integer.parseInt(every);
    return everyNth(everyNth(pixels, 3, step), 4, step);
  }

  private static Tensor everyNth(Tensor x, int dim, int step) {
    long[] kept = LongStream.range(0, x.size(dim)).filter(i -> i % step == 0).toArray();
    return x.index_select(dim, Ops.longs(kept, kept.length));
  }

  /** The differentiable way does not round to 8 bits, and is otherwise the same. */
  @Test
  void theDifferentiableWayIsCloseToIt() {
    try (Golden golden = Fixtures.golden(NAME);
        ImageProcessor processor = processor()) {
      int last = Fixtures.json(NAME + ".json").get("cases").size() - 1;
      BufferedImage picture = golden.picture(last + ".uint8_hwc");
      Memory.withoutGrad(
          () -> {
            Tensor smooth = processor.pixels(Pixels.toTensor(picture), Resizing.PROCESSOR);
            Golden.assertClose("differentiable processor", processor.pixels(picture), smooth, 1e-2);
          });
    }
  }

  /** What a large picture loses to its smaller size is averaged, not skipped. */
  @Test
  void theDifferentiableWayShrinksAsTheProcessorDoes() {
    try (ImageProcessor processor = processor()) {
      int longest = config().size().longestEdge();
      BufferedImage picture =
          new BufferedImage(2 * longest, longest + 100, BufferedImage.TYPE_INT_RGB);
      for (int i = 0; i < picture.getWidth() * picture.getHeight(); i++) {
        int x = i % picture.getWidth();
        int y = i / picture.getWidth();
        int red = (x * 7 + y * 13) % 256;
        int green = x % 4 == 0 ? 255 : 0;
        picture.setRGB(x, y, red << 16 | green << 8 | y % 256);
      }
      Memory.withoutGrad(
          () -> {
            Tensor smooth = processor.pixels(Pixels.toTensor(picture), Resizing.PROCESSOR);
            Tensor exact = processor.pixels(picture);
            assertEquals(longest, exact.size(3));
            Golden.assertClose("shrunk", exact, smooth, 0.03);
          });
    }
  }

  @Property
  void sizesStayWithinTheBounds(
      @ForAll @IntRange(min = 1, max = 5000) int height,
      @ForAll @IntRange(min = 1, max = 5000) int width) {
    PreprocessorConfig config = config();
    int shortest = config.size().shortestEdge();
    int longest = config.size().longestEdge();
    ImageSize size = new ImageSize(height, width);
    ImageSize to = config.sizeFor(size);
    for (int side : new int[] {to.height(), to.width()}) {
      assertEquals(Math.min(longest, Math.max(shortest, side)), side, to::toString);
    }
    assertEquals(to, config.sizeFor(to), "a size that fits stays");
    boolean bounded = Math.min(to.height(), to.width()) == shortest;
    if (!bounded) {
      double pixel = 1.0 / Math.min(to.height(), to.width());
      double kept = ((double) to.width() / to.height()) / ((double) width / height);
      assertEquals(1, kept, pixel + 1e-9, () -> size + " became " + to);
    }
  }
}
