package dev.dualprocess.world.meter;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.world.Scene;
import dev.dualprocess.world.SceneRenderer;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Both horizon meters on a few hundred random scenes whose horizon is known. */
class HorizonInScenesTest {
  private static final int SCENES = 400;

  private static final List<Drawn> DRAWN = new ArrayList<>();

  private record Drawn(BufferedImage picture, double horizon) {}

  @BeforeAll
  static void draw() {
    Random random = new Random(1);
    for (int i = 0; i < SCENES; i++) {
      Scene scene = Scene.random(random);
      DRAWN.add(new Drawn(SceneRenderer.draw(scene), scene.horizon()));
    }
  }

  @AfterAll
  static void forget() {
    DRAWN.clear();
  }

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
    double[] errors = new double[SCENES];
    for (int i = 0; i < SCENES; i++) {
      Drawn drawn = DRAWN.get(i);
      errors[i] = Math.abs(meter.horizon(spoil.apply(drawn.picture())) - drawn.horizon());
    }
    double middle = Median.of(Arrays.stream(errors));
    double farOff = Arrays.stream(errors).filter(e -> e > 3).count() / (double) SCENES;
    String found =
        "%s: median error %.2f px, %.3f of the scenes more than 3 px off"
            .formatted(meter.getClass().getSimpleName(), middle, farOff);
    assertTrue(middle < median && farOff < wrong, found);
  }
}
