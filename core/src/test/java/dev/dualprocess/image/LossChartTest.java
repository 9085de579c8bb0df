package dev.dualprocess.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The curve goes where the losses go. */
class LossChartTest {
  /**
   * Bluish pixels in a corner of the chart, a third of each side; its legend is in the upper right.
   */
  private static int ink(BufferedImage chart, boolean left, boolean top) {
    int width = chart.getWidth() / 3;
    int height = chart.getHeight() / 3;
    int count = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int rgb = chart.getRGB(left ? x : x + 2 * width, top ? y : y + 2 * height);
        int red = (rgb >> 16) & 0xff;
        int blue = rgb & 0xff;
        count += blue - red > 40 ? 1 : 0;
      }
    }
    return count;
  }

  private static BufferedImage chart(double from, double to) {
    List<Double> losses =
        IntStream.range(0, 60).mapToObj(i -> from + (to - from) * i / 59).toList();
    return LossChart.draw(losses);
  }

  @Test
  void aFallingLossFalls() {
    BufferedImage chart = chart(10, 0.1);
    assertTrue(ink(chart, true, true) > 100);
    assertTrue(ink(chart, false, false) > 100);
    assertEquals(0, ink(chart, true, false));
  }

  @Test
  void aRisingLossRises() {
    BufferedImage chart = chart(0.1, 10);
    assertTrue(ink(chart, true, false) > 100);
    assertEquals(0, ink(chart, true, true));
    assertEquals(0, ink(chart, false, false));
  }

  @Test
  void oneStepIsACurveToo() {
    assertTrue(LossChart.draw(List.of(2.5)).getWidth() > 0);
  }
}
