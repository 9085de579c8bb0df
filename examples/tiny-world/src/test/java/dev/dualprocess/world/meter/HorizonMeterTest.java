package dev.dualprocess.world.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Both meters on drawn scenes whose horizon is known. */
class HorizonMeterTest {
  @Property(tries = 200)
  void bothFindASharpHorizon(
      @ForAll @IntRange(min = 8, max = 56) int row,
      @ForAll @IntRange(max = 60) int gradient,
      @ForAll @IntRange(min = 2, max = 10) int sun) {
    BufferedImage scene = scene(row, gradient, sun);
    assertEquals(row, new EdgeMeter().horizon(scene), 0.51);
    assertEquals(row, new TwoSegmentMeter().horizon(scene), 1.0);
  }

  @Property(tries = 200)
  void theEdgeMeterIsSubPixel(
      @ForAll @IntRange(min = 10, max = 50) int row, @ForAll @IntRange(max = 10) int tenths) {
    BufferedImage scene = scene(row, 0, 0);
    double share = tenths / 10.0;
    Color mixed =
        new Color(
            (int) Math.round(90 * share + 200 * (1 - share)),
            (int) Math.round(150 * share + 160 * (1 - share)),
            (int) Math.round(230 * share + 90 * (1 - share)));
    for (int x = 0; x < 64; x++) {
      scene.setRGB(x, row, mixed.getRGB());
    }
    // Row `row` shows sky in its upper part: the edge lies that far below the row's top.
    assertEquals(row + share, new EdgeMeter().horizon(scene), 0.26);
  }

  @Property(tries = 20)
  void aPictureOfAFewRowsIsRefused(@ForAll @IntRange(min = 1, max = 6) int rows) {
    BufferedImage strip = new BufferedImage(8, rows, BufferedImage.TYPE_INT_RGB);
    assertThrows(IllegalArgumentException.class, () -> new EdgeMeter().horizon(strip));
    assertThrows(IllegalArgumentException.class, () -> new TwoSegmentMeter().horizon(strip));
  }

  /**
   * Sky (90,150,230) above, ground (200,160,90) below, a gradient in both, a sun in the sky's
   * corner.
   */
  private static BufferedImage scene(int row, int gradient, int sun) {
    BufferedImage scene = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 64; y++) {
      int shade = gradient * y / 256;
      Color colour =
          y < row
              ? new Color(90 + shade, 150, 230 - shade)
              : new Color(200, 160 + shade, 90 + shade);
      for (int x = 0; x < 64; x++) {
        scene.setRGB(x, y, colour.getRGB());
      }
    }
    Graphics2D pen = scene.createGraphics();
    pen.setColor(Color.YELLOW);
    pen.fillOval(4, 0, sun, Math.min(sun, row));
    pen.dispose();
    return scene;
  }
}
