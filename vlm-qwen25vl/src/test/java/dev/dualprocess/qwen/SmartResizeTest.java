package dev.dualprocess.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.image.ImageSize;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Sizes of any picture, beyond the golden tables. */
class SmartResizeTest {
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
}
