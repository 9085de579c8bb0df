package dev.dualprocess.world.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.world.Factor;
import dev.dualprocess.world.Frame;
import dev.dualprocess.world.Ground;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.SceneRenderer;
import dev.dualprocess.world.Style;
import dev.dualprocess.world.Things;
import dev.dualprocess.world.TimeOfDay;
import dev.dualprocess.world.Tone;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The other meters on a few hundred random scenes whose attributes are known; half are soft. */
class AttributesInScenesTest {
  /** A scene and its picture. */
  private record Drawn(Scene scene, BufferedImage picture) {}

  private static List<Drawn> scenes(int count, Predicate<Scene> wanted) {
    Random random = new Random(3);
    Random noise = new Random(4);
    List<Drawn> drawn = new ArrayList<>();
    Stream.generate(() -> Scene.random(random))
        .filter(wanted)
        .limit(count)
        .forEach(
            scene -> {
              BufferedImage picture = SceneRenderer.draw(scene);
              boolean soft = drawn.size() % 2 == 1;
              drawn.add(new Drawn(scene, soft ? Softened.of(picture, noise) : picture));
            });
    return drawn;
  }

  private static boolean natural(Scene scene) {
    return scene.tone() == Tone.NATURAL;
  }

  @Test
  void outlinesAreAsThickAsTheyWereDrawn() {
    List<Drawn> cartoons =
        scenes(
            200, s -> natural(s) && s.style() == Style.CARTOON && s.things() != Things.MOUNTAINS);
    OutlineMeter meter = new OutlineMeter();
    double[] errors =
        cartoons.stream()
            .mapToDouble(d -> Math.abs(meter.thickness(d.picture()) - d.scene().outline()))
            .toArray();
    double wrong = share(errors, 1);
    assertTrue(median(errors) < 0.2 && wrong < 0.12, median(errors) + ", " + wrong);
  }

  @Test
  void photosHaveNoOutlines() {
    List<Drawn> photos = scenes(100, s -> s.style() == Style.PHOTO);
    OutlineMeter meter = new OutlineMeter();
    double[] found = photos.stream().mapToDouble(d -> meter.thickness(d.picture())).toArray();
    assertTrue(share(found, 0.5) < 0.07, "in " + share(found, 0.5));
  }

  @Test
  void theNearerThingIsFound() {
    List<Drawn> pairs = scenes(200, s -> natural(s) && s.things().inPairs());
    DepthMeter meter = new DepthMeter();
    int right = 0;
    int told = 0;
    for (Drawn d : pairs) {
      double lead =
          SceneRenderer.nearness(d.scene(), true) - SceneRenderer.nearness(d.scene(), false);
      if (Math.abs(lead) > 1) {
        told++;
        double seen =
            meter.lead(
                d.picture(),
                across(d.scene(), true),
                up(d.scene(), true),
                across(d.scene(), false),
                up(d.scene(), false));
        right += seen * lead > 0 ? 1 : 0;
      }
    }
    assertTrue(right > 0.85 * told, right + " of " + told);
  }

  /** A point on the left or right thing: in the crown of a tree, on a house's wall, in a sail. */
  private static double across(Scene scene, boolean left) {
    Factor factor = left ? Factor.LEFT_X : Factor.RIGHT_X;
    return ((left ? 13 : 42) + 9 * scene.factors().get(factor.channel())) / Scene.SIDE;
  }

  private static double up(Scene scene, boolean left) {
    double nearness = SceneRenderer.nearness(scene, left);
    double overFoot = (scene.things() == Things.TREES ? 1.5 : 0.5) * nearness;
    return (scene.horizon() + nearness - overFoot) / Scene.SIDE;
  }

  @Test
  void thingsStandWhereTheyWereDrawn() {
    ThingMeter meter = new ThingMeter();
    List<Double> apart = new ArrayList<>();
    List<Double> heights = new ArrayList<>();
    int missing = 0;
    for (Drawn d : scenes(200, s -> natural(s) && s.things().inPairs())) {
      for (boolean left : new boolean[] {true, false}) {
        Frame told = SceneRenderer.frame(d.scene(), left);
        Optional<Frame> seen = meter.frame(d.picture(), left);
        missing += seen.isEmpty() ? 1 : 0;
        seen.ifPresent(
            frame -> {
              apart.add(frame.distance(told));
              heights.add(Math.abs(frame.height() - told.height()));
            });
      }
    }
    double[] middles = apart.stream().mapToDouble(Double::doubleValue).toArray();
    double[] sizes = heights.stream().mapToDouble(Double::doubleValue).toArray();
    assertTrue(missing < 0.05 * 400, missing + " of 400 are missing");
    assertTrue(median(middles) < 1 && share(middles, 6) < 0.15, median(middles) + " px");
    assertTrue(median(sizes) < 3, median(sizes) + " px");
  }

  @Test
  void theSunOfAPhotoIsWhereItWasDrawn() {
    SunMeter meter = new SunMeter();
    GlowMeter second = new GlowMeter();
    List<Double> apart = new ArrayList<>();
    List<Double> apartBySecond = new ArrayList<>();
    int wrongWhereTheyAgree = 0;
    for (Drawn d : scenes(200, s -> s.style() == Style.PHOTO && s.things() != Things.HOUSES)) {
      Frame told = SceneRenderer.sun(d.scene());
      Optional<Frame> seen = meter.frame(d.picture());
      Optional<Frame> seenBySecond = second.frame(d.picture());
      apart.add(seen.map(told::distance).orElse(64.0));
      apartBySecond.add(seenBySecond.map(told::distance).orElse(64.0));
      boolean agree =
          seen.isPresent() && seenBySecond.filter(f -> f.distance(seen.get()) < 4).isPresent();
      wrongWhereTheyAgree += agree && seen.get().distance(told) > 4 ? 1 : 0;
    }
    double[] errors = apart.stream().mapToDouble(Double::doubleValue).toArray();
    double[] errorsOfSecond = apartBySecond.stream().mapToDouble(Double::doubleValue).toArray();
    assertTrue(median(errors) < 1 && share(errors, 3) < 0.12, "off by " + median(errors));
    assertTrue(median(errorsOfSecond) < 1 && share(errorsOfSecond, 3) < 0.12);
    assertTrue(wrongWhereTheyAgree < 0.03 * 200, wrongWhereTheyAgree + " of 200");
  }

  @Test
  void anEvenSkyHasNoSun() {
    BufferedImage even = halves(32, TimeOfDay.NOON.sky(), Ground.MEADOW.color());
    assertTrue(new SunMeter().frame(even).isEmpty());
    assertTrue(new GlowMeter().frame(even).isEmpty());
  }

  @Test
  void nothingStandsInAnEmptyScene() {
    ThingMeter meter = new ThingMeter();
    long found =
        scenes(100, s -> natural(s) && s.things() == Things.NONE).stream()
            .filter(d -> meter.frame(d.picture(), true).isPresent())
            .count();
    assertTrue(found < 15, "something in " + found + " of 100");
  }

  @Test
  void skyIsFartherThanGround() {
    Random random = new Random(7);
    for (int i = 0; i < 20; i++) {
      Scene scene = Scene.random(random);
      BufferedImage picture = SceneRenderer.draw(scene);
      DepthMeter meter = new DepthMeter();
      assertTrue(meter.lead(picture, 0.5, 0.97, 0.5, 0.03) > 0, scene.prompt());
    }
  }

  @Test
  void groundsAndTimesOfDayAreRecognised() {
    List<Drawn> scenes = scenes(200, AttributesInScenesTest::natural);
    long right =
        scenes.stream()
            .filter(
                d -> {
                  ColorFamilies seen = ColorFamilies.of(d.picture(), d.scene().horizon());
                  return seen.time() == d.scene().time() && seen.land() == d.scene().ground();
                })
            .count();
    assertTrue(right >= 190, right + " of 200");
  }

  @Test
  void nightsAreDarkAndNoonsAreNot() {
    NightMeter meter = new NightMeter();
    for (Drawn d : scenes(120, AttributesInScenesTest::natural)) {
      double night = meter.night(d.picture());
      switch (d.scene().time()) {
        case NIGHT -> assertTrue(night > 0.9, d.scene().prompt() + ": " + night);
        case NOON, DAWN -> assertTrue(night < 0.15, d.scene().prompt() + ": " + night);
        case SUNSET -> assertTrue(night > 0.02 && night < 0.7, d.scene().prompt() + ": " + night);
      }
    }
  }

  @Test
  void varietyDoesNotSeeTheHorizon() {
    Random random = new Random(9);
    List<BufferedImage> moved = new ArrayList<>();
    for (int row = 16; row < 48; row += 4) {
      moved.add(halves(row, Color.BLUE, Color.GREEN));
    }
    assertTrue(new Variety(new EdgeMeter()).of(moved) < 4);
    List<BufferedImage> others =
        Stream.generate(() -> SceneRenderer.draw(Scene.random(random))).limit(16).toList();
    assertTrue(new Variety(new EdgeMeter()).of(others) > 20);
  }

  private static BufferedImage halves(int row, Color sky, Color ground) {
    BufferedImage picture = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64 * 64; i++) {
      picture.setRGB(i % 64, i / 64, (i / 64 < row ? sky : ground).getRGB());
    }
    return picture;
  }

  @Test
  void aPaletteIsUsedWhenAllOfItAndNothingElseIs() {
    BufferedImage two = halves(32, Color.BLUE, Color.GREEN);
    assertEquals(0, PaletteMeter.of("#0000ff,#00ff00").distance(two), 1e-9);
    assertEquals(Math.sqrt(2) / 2, PaletteMeter.of("#0000ff").distance(two), 1e-9);
    assertEquals(1.0 / 3, PaletteMeter.of("#0000ff,#00ff00,#000000").distance(two), 1e-9);
  }

  @Test
  void nightIsAtNight() {
    assertEquals(
        TimeOfDay.NIGHT,
        ColorFamilies.of(halves(32, TimeOfDay.NIGHT.sky(), Color.GRAY), 32).time());
  }

  private static double median(double[] values) {
    return Median.of(Arrays.stream(values));
  }

  private static double share(double[] values, double above) {
    return Arrays.stream(values).filter(v -> v > above).count() / (double) values.length;
  }
}
