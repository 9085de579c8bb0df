package dev.dualprocess.world.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.world.Scene;
import java.awt.image.BufferedImage;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Spoilt pictures: the pixels change, what is known does not, and the horizon can be doubted. */
class BlemishTest {
  private static int[] pixels(BufferedImage picture) {
    return picture.getRGB(0, 0, Scene.SIDE, Scene.SIDE, null, 0, Scene.SIDE);
  }

  @Test
  void changesPixelsAndAddsDoubt() {
    Random random = new Random(41);
    Set<Double> doubts = new TreeSet<>();
    int changed = 0;
    for (int i = 0; i < 200; i++) {
      Subject.Drawn subject = Subject.Drawn.of(Scene.random(random));
      int[] before = pixels(subject.picture());
      Subject spoilt = Blemish.on(subject, random);
      assertArrayEquals(before, pixels(subject.picture()), "the original was drawn on");
      assertEquals(subject.horizon(), spoilt.horizon());
      assertEquals(subject.outline(), spoilt.outline());
      assertEquals(subject.scene(), spoilt.scene());
      doubts.add(spoilt.doubt());
      int[] after = pixels(spoilt.picture());
      for (int p = 0; p < before.length; p++) {
        if (before[p] != after[p]) {
          changed++;
          break;
        }
      }
    }
    // Bands, a reddish line, a second horizon, and blurs over 2 to 6 rows.
    assertEquals(Set.of(0.25, 0.35, 0.9, 0.375, 0.5, 0.625, 0.75), doubts);
    assertTrue(changed >= 195, changed + " of 200 changed");
  }
}
