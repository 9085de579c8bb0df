package dev.dualprocess.world.meter;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.world.Scene;
import dev.dualprocess.world.SceneRenderer;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Both horizon meters on a few hundred random scenes whose horizon is known. */
class HorizonInScenesTest {
  private static final int SCENES = 400;

  @Test
  void bothFindTheHorizonOfDrawnScenes() {
    check(new EdgeMeter(), picture -> picture, 0.25, 0.045);
    check(new TwoSegmentMeter(), picture -> picture, 0.35, 0.045);
  }

  @Test
  void bothFindTheHorizonOfSoftPictures() {
    Random noise = new Random(2);
    check(new EdgeMeter(), picture -> Softened.of(picture, noise), 0.45, 0.06);
    check(new TwoSegmentMeter(), picture -> Softened.of(picture, noise), 0.5, 0.07);
  }

  private static void check(
      HorizonMeter meter, UnaryOperator<BufferedImage> spoil, double median, double wrong) {
    Random random = new Random(1);
    double[] errors = new double[SCENES];
    for (int i = 0; i < SCENES; i++) {
      Scene scene = Scene.random(random);
      BufferedImage picture = spoil.apply(SceneRenderer.draw(scene));
      errors[i] = Math.abs(meter.horizon(picture) - scene.horizon());
    }
    double middle = Median.of(Arrays.stream(errors));
    double farOff = Arrays.stream(errors).filter(e -> e > 3).count() / (double) SCENES;
    String found =
        "%s: median error %.2f px, %.3f of the scenes more than 3 px off"
            .formatted(meter.getClass().getSimpleName(), middle, farOff);
    assertTrue(middle < median && farOff < wrong, found);
  }
}
