package dev.dualprocess.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dualprocess.Assessment;
import dev.dualprocess.distill.Evaluation.Rated;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  /** Grey pictures of those values; the verifier is shown the same, or something darker. */
  private static List<Rated> rated(boolean shownDarker, double probability, int... greys) {
    List<Rated> all = new ArrayList<>();
    for (int i = 0; i < greys.length; i++) {
      BufferedImage shown = grey(shownDarker ? greys[i] / 2 : greys[i]);
      all.add(
          new Rated(
              10_000 + i,
              grey(greys[i]),
              shown,
              List.of(new Assessment(-Math.log(probability), probability, ""))));
    }
    return all;
  }

  private static BufferedImage grey(int value) {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64 * 64; i++) {
      image.setRGB(i % 64, i / 64, (value << 16) | (value << 8) | value);
    }
    return image;
  }

  @Test
  void diversityIsTheRatioOfTheSpreads() {
    Comparison comparison =
        new Comparison("a cat", true, rated(false, 0.25, 100, 140), rated(false, 0.9, 110, 120));
    assertEquals(0.25, comparison.diversityKept(), 1e-9);
    Map<String, Object> map = comparison.toMap();
    assertEquals(2, map.get("unseenSeeds"));
    assertEquals(0.25, (double) ((Map<?, ?>) map.get("before")).get("probability"), 1e-12);
    assertEquals(-Math.log(0.9), (double) ((Map<?, ?>) map.get("after")).get("loss"), 1e-12);
  }

  @Test
  void whatIsShownStandsBesideOnlyIfItDiffers() {
    int bare =
        new Comparison("a cat", true, rated(false, 0.5, 10, 200), rated(false, 0.5, 10, 200))
            .picture()
            .getWidth();
    int shown =
        new Comparison("a cat", true, rated(true, 0.5, 10, 200), rated(true, 0.5, 10, 200))
            .picture()
            .getWidth();
    assertEquals(8 + 2 * (192 + 8), bare);
    assertEquals(8 + 4 * (192 + 8), shown);
  }

  @Test
  void differentSeedsCannotBeCompared() {
    List<Rated> two = rated(false, 0.5, 1, 2);
    assertThrows(
        IllegalArgumentException.class,
        () -> new Comparison("a cat", true, two, two.subList(0, 1)));
  }
}
