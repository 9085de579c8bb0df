package dev.dualprocess.qwen25vl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.testing.VlmProperties;
import dev.dualprocess.vqa.SeenImage;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** What holds for images of any size: as for every family, and of windows and sizes here. */
class QwenPropertyTest extends VlmProperties {
  QwenPropertyTest() {
    super(new QwenFamily());
  }

  /** As many image tokens as the size gives, whichever way the image came there. */
  @Property(tries = 20)
  void imageTokensFillTheGrid(
      @ForAll @IntRange(min = 1, max = 6) int rows,
      @ForAll @IntRange(min = 1, max = 6) int columns,
      @ForAll @IntRange(max = 6) int more) {
    try (PointerScope scope = new PointerScope()) {
      int unit = new QwenFamily().unit();
      Tensor image = Noise.randn(1, 1, 3, rows * unit + more, columns * unit + more);
      SeenImage seen = model().see(image, Resizing.AUTHORS);
      assertEquals(rows * columns, seen.imageTokens());
      assertEquals((long) rows * columns, seen.tokens().size(0));
    }
  }

  /** Every window is a rectangle of its own, and together they are the grid. */
  @Property
  void windowsPartTheGrid(
      @ForAll @IntRange(min = 1, max = 30) int rows,
      @ForAll @IntRange(min = 1, max = 30) int columns,
      @ForAll @IntRange(min = 1, max = 9) int side) {
    Grid grid = new Grid(2 * rows, 2 * columns, 2);
    Windows windows = Windows.of(grid, side);
    for (Windows w : List.of(windows, windows.groupedBySize())) {
      long[] index = w.windowIndex();
      Arrays.sort(index);
      for (int i = 0; i < index.length; i++) {
        assertEquals(i, index[i]);
      }
      assertEquals(rows * columns, index.length);
      long[] bounds = w.cuWindowSeqlens(4);
      List<Segment> segments = Segment.ofBounds(bounds);
      assertEquals(bounds[bounds.length - 1], segments.stream().mapToLong(Segment::patches).sum());
      assertEquals(bounds.length - 1L, segments.stream().mapToLong(Segment::count).sum());
    }
    List<Segment> grouped = Segment.ofBounds(windows.groupedBySize().cuWindowSeqlens(4));
    assertTrue(grouped.size() <= 4, grouped::toString);
  }

  @Property
  void smartResizeKeepsItsPromises(
      @ForAll @IntRange(min = 1, max = 4000) int height,
      @ForAll @IntRange(min = 1, max = 4000) int width,
      @ForAll @IntRange(min = 8, max = 32) int factor) {
    SmartResize resize = new SmartResize(factor, 56 * 56, 1 << 20);
    ImageSize size = new ImageSize(height, width);
    if (Math.max(height, width) > 200 * Math.min(height, width)) {
      String told =
          assertThrows(IllegalArgumentException.class, () -> resize.of(size)).getMessage();
      assertTrue(told.contains(size + ": its longer side is more than 200 times"), told);
      return;
    }
    ImageSize to = resize.of(size);
    assertEquals(0, to.height() % factor);
    assertEquals(0, to.width() % factor);
    long area = (long) to.height() * to.width();
    assertTrue(area >= 56 * 56 || to.height() > factor || to.width() > factor, to::toString);
    assertTrue(area <= 1 << 20 || Math.min(to.height(), to.width()) == factor, to::toString);
    boolean slim = Math.max(to.height(), to.width()) > 200 * Math.min(to.height(), to.width());
    if (area >= 56 * 56 && area <= 1 << 20 && !slim) {
      assertEquals(to, resize.of(to), "a size that fits stays");
    }
  }

  /** A size that the authors' way refuses comes with sizes that it takes. */
  @Property(tries = 30)
  void refusedSizesNameSizesThatWork(
      @ForAll @IntRange(min = 1, max = 100) int height,
      @ForAll @IntRange(min = 1, max = 100) int width) {
    VisionConfig vision = new QwenFamily().vision();
    int patch = vision.patchSize();
    int merge = vision.spatialMergeSize();
    boolean fits =
        height >= patch * merge
            && width >= patch * merge
            && height / patch % merge == 0
            && width / patch % merge == 0;
    try (PointerScope scope = new PointerScope()) {
      Tensor image = Noise.randn(1, 1, 3, height, width);
      if (fits) {
        assertEquals(
            (height / patch / merge) * (width / patch / merge),
            model().see(image, Resizing.AUTHORS).imageTokens());
        return;
      }
      String told =
          assertThrows(IllegalArgumentException.class, () -> model().see(image, Resizing.AUTHORS))
              .getMessage();
      assertEquals(1, told.lines().count());
      List<ImageSize> named =
          Pattern.compile("\\d+x\\d+")
              .matcher(told)
              .results()
              .map(MatchResult::group)
              .map(ImageSize::parse)
              .toList();
      assertEquals(new ImageSize(height, width), named.get(0));
      assertEquals(3, named.size(), told);
      for (ImageSize size : named.subList(1, 3)) {
        Tensor other = Noise.randn(1, 1, 3, size.height(), size.width());
        assertTrue(model().see(other, Resizing.AUTHORS).imageTokens() > 0);
      }
    }
  }
}
