package dev.dualprocess.smolvlm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.smolvlm.PreprocessorConfig.Edge;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.vqa.ImageProcessor;
import dev.dualprocess.vqa.Look;
import dev.dualprocess.vqa.PixelNorm;
import dev.dualprocess.vqa.Views;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pictures of 8 bits: the same pixels as the Python image processor makes, whole and in tiles. */
class ImageProcessorTest {
  private static final String NAME = SmolVlmFamily.FOLDER + "image_processor";
  private static final double GREY_LEVEL = 2.0 / 255;

  private static SmolVlm family() {
    return new SmolVlmFamily().architecture();
  }

  /** A golden picture. */
  private record Case(String key, JsonNode fields) {
    PreprocessorConfig config() {
      PreprocessorConfig stored = family().preprocessor();
      JsonNode size = fields.path("size");
      Edge edge = size.isObject() ? new Edge(size.get("longest_edge").asInt()) : stored.size();
      return new PreprocessorConfig(edge, stored.maxImageSize(), stored.resample());
    }

    Look look() {
      return fields.get("do_image_splitting").asBoolean() ? Look.IN_TILES : Look.WHOLE;
    }

    Views views(BufferedImage picture) {
      SmolVlmSizing sizing = new SmolVlmSizing(config());
      return look() == Look.WHOLE ? sizing.views(picture) : sizing.closeViews(picture);
    }

    @Override
    public String toString() {
      return key;
    }
  }

  static List<Case> cases() {
    JsonNode cases = Fixtures.json(NAME + ".json").get("cases");
    return StreamSupport.stream(cases.spliterator(), false)
        .map(c -> new Case(c.get("key").asText(), c))
        .toList();
  }

  /** Every tile in row order, then the whole: [1, tiles, 3, S, S]. */
  private static Tensor frames(Views views) {
    int side = views.whole().getWidth();
    List<BufferedImage> frames = new ArrayList<>();
    views
        .enlarged()
        .ifPresent(
            all -> {
              for (int y = 0; y < all.getHeight(); y += side) {
                for (int x = 0; x < all.getWidth(); x += side) {
                  frames.add(all.getSubimage(x, y, side, side));
                }
              }
            });
    frames.add(views.whole());
    try (PixelNorm norm = new PixelNorm(family().imageStatistics(), Placement.CPU)) {
      return Ops.cat(
              0,
              frames.stream()
                  .map(frame -> norm.apply(Pixels.toTensor(frame)))
                  .toArray(Tensor[]::new))
          .unsqueeze(0);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pixelsAreThoseOfTheProcessor(Case c) {
    try (Golden golden = Fixtures.golden(NAME)) {
      Memory.withoutGrad(
          () -> {
            Tensor pixels = frames(c.views(golden.picture(c.key() + ".uint8_hwc")));
            assertArrayEquals(
                Fixtures.longs(c.fields().get("pixel_values_shape")), pixels.shape(), c.key());
            assertWithinAGreyLevel(
                golden.tensor(c.key() + ".pixel_values"), subsampled(pixels, c.fields()));
            assertWithinAGreyLevel(
                golden.tensor(c.key() + ".mean_per_frame"),
                pixels.mean(new long[] {3, 4}, false, new ScalarTypeOptional()));
          });
    }
  }

  private static void assertWithinAGreyLevel(Tensor expected, Tensor actual) {
    assertArrayEquals(expected.shape(), actual.shape());
    double off = Golden.largestDifference(expected, actual);
    assertTrue(off <= GREY_LEVEL + 1e-5, () -> "off by " + off);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void thereAreAsManyRowsAndColumns(Case c) {
    try (Golden golden = Fixtures.golden(NAME)) {
      Views views = c.views(golden.picture(c.key() + ".uint8_hwc"));
      int side = views.whole().getWidth();
      assertEquals(
          c.fields().get("rows").get(0).get(0).asInt(),
          views.enlarged().map(all -> all.getHeight() / side).orElse(0));
      assertEquals(
          c.fields().get("cols").get(0).get(0).asInt(),
          views.enlarged().map(all -> all.getWidth() / side).orElse(0));
    }
  }

  /** The golden data keep every so-manieth row and column. */
  private static Tensor subsampled(Tensor pixels, JsonNode c) {
    int step = c.get("stored_every_nth_row_and_column").asInt();
    return everyNth(everyNth(pixels, 3, step), 4, step);
  }

  private static Tensor everyNth(Tensor x, int dim, int step) {
    long[] kept = LongStream.range(0, x.size(dim)).filter(i -> i % step == 0).toArray();
    return x.index_select(dim, Ops.longs(kept, kept.length));
  }

  /** Columns: h, w, tile, longest edge, first h, w, of tiles h, w, rows, columns. */
  @Test
  void sizesAreThoseOfTheProcessor() {
    JsonNode table = Fixtures.json(NAME + ".json").get("sizes_default");
    assertTrue(table.size() > 0);
    for (JsonNode row : table) {
      int[] n = new int[row.size()];
      for (int i = 0; i < n.length; i++) {
        n[i] = row.get(i).asInt();
      }
      PreprocessorConfig config = new PreprocessorConfig(new Edge(n[3]), new Edge(n[2]), null);
      ImageSize first = config.first(new ImageSize(n[0], n[1]));
      assertEquals(new ImageSize(n[4], n[5]), first, row::toString);
      ImageSize ofTiles = config.ofTiles(first);
      assertEquals(new ImageSize(n[6], n[7]), ofTiles, row::toString);
      assertEquals(n[8], ofTiles.height() / n[2], row::toString);
      assertEquals(n[9], ofTiles.width() / n[2], row::toString);
    }
  }

  /** The differentiable way does not round to 8 bits, and is otherwise the same. */
  @ParameterizedTest
  @MethodSource("cases")
  void theDifferentiableWayIsCloseToIt(Case c) {
    SmolVlmSizing sizing = new SmolVlmSizing(c.config());
    try (Golden golden = Fixtures.golden(NAME);
        ImageProcessor processor =
            new ImageProcessor(sizing, family().imageStatistics(), Placement.CPU)) {
      BufferedImage picture = golden.picture(c.key() + ".uint8_hwc");
      Memory.withoutGrad(
          () -> {
            Tensor smooth = processor.pixels(Pixels.toTensor(picture), Resizing.PROCESSOR);
            Tensor exact = processor.pixels(picture);
            assertArrayEquals(exact.shape(), smooth.shape());
            Golden.assertClose(c.toString(), exact, smooth, 0.02);
          });
    }
  }

  @Property(tries = 60)
  void theMatrixIsTheFilterOfPictures(
      @ForAll @IntRange(min = 1, max = 90) int from, @ForAll @IntRange(min = 1, max = 90) int to) {
    Memory.withoutGrad(
        () -> {
          BufferedImage line = new BufferedImage(from, 1, BufferedImage.TYPE_INT_RGB);
          for (int x = 0; x < from; x++) {
            int grey = 64 + (37 * x) % 128; // leaves room to overshoot
            line.setRGB(x, 0, grey * 0x010101);
          }
          BufferedImage resized =
              new SmolVlmSizing(family().preprocessor())
                  .filter()
                  .resize(line, new ImageSize(1, to));
          Tensor rows = Pixels.toTensor(line).narrow(1, 0, 1).flatten(0, -1);
          Tensor wanted = Pixels.toTensor(resized).narrow(1, 0, 1).flatten(0, -1);
          Tensor found = Lanczos.matrix(from, to, Placement.CPU.torchDevice()).matmul(rows);
          double off = Golden.largestDifference(wanted, found);
          assertTrue(off <= 0.51 * GREY_LEVEL, () -> from + " to " + to + ": off by " + off);
        });
  }
}
