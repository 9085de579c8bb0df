package dev.dualprocess.image;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where pictures and words stand in a grid. */
class ImageGridTest {
  private static final int RED = 0xff0000;
  private static final int GREEN = 0x00ff00;
  private static final int BLUE = 0x0000ff;

  private static BufferedImage plain(int width, int height, int rgb) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      picture.setRGB(i % width, i / width, rgb);
    }
    return picture;
  }

  /** The rectangle that a colour fills, without a hole. */
  private static Rectangle where(BufferedImage grid, int rgb) {
    Rectangle box = null;
    int count = 0;
    for (int i = 0; i < grid.getWidth() * grid.getHeight(); i++) {
      int x = i % grid.getWidth();
      int y = i / grid.getWidth();
      if ((grid.getRGB(x, y) & 0xffffff) == rgb) {
        Rectangle pixel = new Rectangle(x, y, 1, 1);
        box = box == null ? pixel : box.union(pixel);
        count++;
      }
    }
    assertTrue(box != null, "the colour is not there");
    assertEquals(box.width * box.height, count);
    return box;
  }

  private static boolean hasInk(BufferedImage grid, Rectangle where) {
    for (int y = where.y; y < where.y + where.height; y++) {
      for (int x = where.x; x < where.x + where.width; x++) {
        if ((grid.getRGB(x, y) & 0xffffff) < 0x808080) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void cellsStandInRowsAndColumns() {
    BufferedImage grid =
        new ImageGrid(List.of())
            .row(List.of(plain(200, 100, RED), plain(200, 100, GREEN)), List.of("", ""))
            .row(List.of(plain(200, 100, BLUE)), List.of(""))
            .draw();
    Rectangle red = where(grid, RED);
    Rectangle green = where(grid, GREEN);
    Rectangle blue = where(grid, BLUE);
    for (Rectangle cell : List.of(red, green, blue)) {
      assertEquals(200, cell.width);
      assertEquals(100, cell.height);
    }
    assertEquals(red.y, green.y);
    assertTrue(green.x > red.x + red.width);
    assertEquals(red.x, blue.x);
    assertTrue(blue.y > red.y + red.height);
    assertEquals(0xffffff, grid.getRGB(0, 0) & 0xffffff);
    assertEquals(0xffffff, grid.getRGB(grid.getWidth() - 1, grid.getHeight() - 1) & 0xffffff);
  }

  @Test
  void greysKeepTheirValues() {
    BufferedImage grey = new BufferedImage(200, 100, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster()
        .setSamples(0, 0, 200, 100, 0, IntStream.generate(() -> 30).limit(20_000).toArray());
    BufferedImage grid = new ImageGrid(List.of()).row(List.of(grey), List.of("")).draw();
    assertEquals(200, where(grid, 0x1e1e1e).width);
  }

  /** 4 x 2 pixels become 192 x 96, behind a gap of 8. */
  @Test
  void smallPicturesAreEnlargedSmoothlyByAWholeFactor() {
    BufferedImage small = plain(4, 2, RED);
    small.setRGB(3, 1, BLUE);
    BufferedImage grid = new ImageGrid(List.of()).row(List.of(small), List.of("")).draw();
    assertEquals(RED, grid.getRGB(8, 8) & 0xffffff);
    assertEquals(BLUE, grid.getRGB(8 + 191, 8 + 95) & 0xffffff);
    for (int[] outside : new int[][] {{7, 8}, {8, 7}, {200, 103}, {199, 104}}) {
      assertEquals(0xffffff, grid.getRGB(outside[0], outside[1]) & 0xffffff);
    }
    int between = grid.getRGB(8 + 144, 8 + 95);
    assertTrue((between & 0xff) > 40 && ((between >> 16) & 0xff) > 40, "neither red nor blue");
  }

  @Test
  void captionsStandUnderTheirPicturesAndHeadingsOverThem() {
    BufferedImage grid =
        new ImageGrid(List.of("before", ""))
            .row(List.of(plain(200, 100, RED), plain(200, 100, GREEN)), List.of("", "P = 0.93"))
            .draw();
    Rectangle red = where(grid, RED);
    Rectangle green = where(grid, GREEN);
    assertTrue(hasInk(grid, new Rectangle(red.x, 0, red.width, red.y)));
    assertTrue(!hasInk(grid, new Rectangle(green.x, 0, green.width, green.y)));
    int below = red.y + red.height;
    assertTrue(!hasInk(grid, new Rectangle(red.x, below, red.width, grid.getHeight() - below)));
    assertTrue(hasInk(grid, new Rectangle(green.x, below, green.width, grid.getHeight() - below)));
  }

  @Test
  void picturesWithoutTheirCaptionsAreRefused() {
    assertRefused(
        IllegalArgumentException.class,
        () -> new ImageGrid(List.of()).row(List.of(plain(1, 1, RED)), List.of()),
        "1 pictures",
        "0 captions");
  }

  @Test
  void aGridWithoutRowsIsRefused() {
    assertRefused(
        IllegalStateException.class, () -> new ImageGrid(List.of()).draw(), "without rows");
  }
}
