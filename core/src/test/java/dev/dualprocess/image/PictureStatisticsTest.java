package dev.dualprocess.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;

/** Figures of pictures that one can count by hand. */
class PictureStatisticsTest {
  private static BufferedImage picture(int width, int height, IntBinaryOperator rgb) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        picture.setRGB(x, y, rgb.applyAsInt(x, y));
      }
    }
    return picture;
  }

  @Test
  void oneColourHasNeitherEdgesNorEntropy() {
    PictureStatistics grey = PictureStatistics.of(picture(8, 6, (x, y) -> 0x333333));
    assertEquals(new PictureStatistics(0, 0, 0.2), round(grey));
  }

  @Test
  void twoHalvesHaveOneBitAndTwoColumnsOfEdges() {
    PictureStatistics halves = PictureStatistics.of(picture(10, 6, (x, y) -> x < 5 ? 0 : 0xffffff));
    assertEquals(1, halves.colorEntropy(), 1e-12);
    assertEquals(0.5, halves.brightness(), 1e-12);
    assertEquals(2 / 8.0, halves.edgeDensity(), 1e-12);
  }

  @Test
  void allBinsAlikeHaveNineBits() {
    BufferedImage all = picture(32, 16, (x, y) -> 32 * bins(x + 32 * y));
    assertEquals(9, PictureStatistics.of(all).colorEntropy(), 1e-12);
  }

  /** A number below 512 as three digits of 8, one for each channel. */
  private static int bins(int n) {
    return ((n / 64) << 16) | (((n / 8) % 8) << 8) | (n % 8);
  }

  @Test
  void differenceIsTheMeanOverChannels() {
    BufferedImage black = picture(4, 4, (x, y) -> 0);
    BufferedImage red = picture(4, 4, (x, y) -> 0xff0000);
    assertEquals(1 / 3.0, PictureStatistics.difference(black, red), 1e-12);
    assertEquals(0, PictureStatistics.difference(red, red));
  }

  private static PictureStatistics round(PictureStatistics s) {
    return new PictureStatistics(
        s.edgeDensity(), s.colorEntropy(), Math.round(s.brightness() * 1e9) / 1e9);
  }
}
