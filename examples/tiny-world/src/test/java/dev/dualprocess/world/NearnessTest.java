package dev.dualprocess.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.ImmutableDoubleArray;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How near what is seen at a pixel is. */
class NearnessTest {
  /** Every factor in the middle: horizon 32, both things 6 rows below it and 18 rows high. */
  private static Scene middle(Things things) {
    double[] factors = new double[Factor.values().length];
    Arrays.fill(factors, 0.5);
    return new Scene(
        Style.PHOTO,
        Ground.MEADOW,
        TimeOfDay.NOON,
        things,
        Tone.NATURAL,
        Set.of(),
        ImmutableDoubleArray.copyOf(factors));
  }

  @Test
  void groundIsAsNearAsItsRow() {
    Scene scene = middle(Things.NONE);
    assertEquals(0, SceneRenderer.nearnessAt(scene, 17.5, 30));
    assertEquals(0, SceneRenderer.nearnessAt(scene, 50, 32));
    assertEquals(8, SceneRenderer.nearnessAt(scene, 32, 40));
    assertEquals(31.5, SceneRenderer.nearnessAt(scene, 5, 63.5));
  }

  @Test
  void aThingIsAsNearAsItsFoot() {
    Scene scene = middle(Things.HOUSES);
    assertEquals(6, SceneRenderer.nearness(scene, true), 1e-12);
    assertEquals(6, SceneRenderer.nearnessAt(scene, 17.5, 30), 1e-12, "a wall before the sky");
    assertEquals(6, SceneRenderer.nearnessAt(scene, 46.5, 37), 1e-12, "a wall before the ground");
    assertEquals(6, SceneRenderer.nearnessAt(scene, 17.5, 21), 1e-12, "a roof");
    assertEquals(0, SceneRenderer.nearnessAt(scene, 17.5, 19), "the sky above it");
    assertEquals(0, SceneRenderer.nearnessAt(scene, 32, 30), "the sky between them");
    assertEquals(28, SceneRenderer.nearnessAt(scene, 17.5, 60), 1e-12, "the ground before it");
  }

  @ParameterizedTest
  @EnumSource(names = {"TREES", "HOUSES", "BOATS"})
  void aFrameHoldsWhatIsDrawn(Things things) {
    Scene scene = middle(things);
    BufferedImage with = SceneRenderer.draw(scene);
    BufferedImage without = SceneRenderer.draw(middle(Things.NONE));
    int top = Scene.SIDE;
    int bottom = 0;
    int first = Scene.SIDE;
    int last = 0;
    for (int y = 0; y < Scene.SIDE; y++) {
      for (int x = 0; x < Scene.SIDE / 2; x++) {
        if (with.getRGB(x, y) != without.getRGB(x, y)) {
          top = Math.min(top, y);
          bottom = Math.max(bottom, y + 1);
          first = Math.min(first, x);
          last = Math.max(last, x + 1);
        }
      }
    }
    Frame frame = SceneRenderer.frame(scene, true);
    assertEquals(first, frame.x(), 1);
    assertEquals(last, frame.x() + frame.width(), 1);
    assertEquals(top, frame.y(), 1);
    assertEquals(bottom, frame.foot(), 1);
  }

  @Test
  void theSunIsInItsFrame() {
    Scene cartoon = middle(Things.NONE); // its sun in the middle of the sky
    Frame sun = SceneRenderer.sun(cartoon);
    assertEquals(32, sun.middleX(), 1e-9);
    assertEquals(4 + 24 * 0.45, sun.middleY(), 1e-9);
    assertEquals(2 * 3.9, sun.width(), 1e-9);
    int x = (int) sun.middleX();
    int y = (int) sun.middleY();
    BufferedImage picture = SceneRenderer.draw(cartoon);
    assertTrue(picture.getRGB(x, y) != picture.getRGB((int) (sun.x() + sun.width() + 6), y));
  }

  @Test
  void anEmptySceneHasNoFrames() {
    Scene scene = middle(Things.NONE);
    assertThrows(IllegalArgumentException.class, () -> SceneRenderer.frame(scene, true));
  }

  @ParameterizedTest
  @EnumSource(names = {"TREES", "HOUSES", "BOATS"})
  void itIsWhereItIsDrawn(Things things) {
    Scene scene = middle(things);
    BufferedImage with = SceneRenderer.draw(scene);
    BufferedImage without = SceneRenderer.draw(middle(Things.NONE));
    int same = 0;
    for (int y = 0; y < 38; y++) {
      for (int x = 0; x < Scene.SIDE; x++) {
        boolean drawn = with.getRGB(x, y) != without.getRGB(x, y);
        boolean told = SceneRenderer.nearnessAt(scene, x + 0.5, y + 0.5) == 6;
        same += drawn == told ? 1 : 0;
      }
    }
    assertTrue(same >= 0.96 * 38 * Scene.SIDE, same + " pixels agree");
  }
}
