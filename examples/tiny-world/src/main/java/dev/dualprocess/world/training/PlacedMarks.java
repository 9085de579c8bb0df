package dev.dualprocess.world.training;

import dev.dualprocess.world.Frame;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.SceneRenderer;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Where questions put their points and boxes: mostly on things and near them, some anywhere. */
final class PlacedMarks {
  private static final double EDGE = 3; // pixels that marks keep from the picture's edge

  private PlacedMarks() {}

  /** One point on each of two things, or beside them; either may be A. */
  static Points points(Subject subject, Random random) {
    double[] left = point(subject, true, random);
    double[] right = point(subject, false, random);
    return random.nextBoolean()
        ? new Points(left[0], left[1], right[0], right[1])
        : new Points(right[0], right[1], left[0], left[1]);
  }

  private static double[] point(Subject subject, boolean left, Random random) {
    Optional<Frame> thing = subject.frame(left);
    double u = random.nextDouble();
    if (thing.isEmpty() || u < 0.12) {
      double half = Scene.SIDE / 2.0;
      double x = (left ? 0 : half) + half * random.nextDouble();
      return new double[] {inside(x), inside(Scene.SIDE * random.nextDouble())};
    }
    Frame frame = thing.get();
    double reach = u < 0.8 ? 0.25 : 0.6; // of its sides
    return new double[] {
      inside(frame.middleX() + reach * frame.width() * (2 * random.nextDouble() - 1)),
      inside(frame.middleY() + reach * frame.height() * (2 * random.nextDouble() - 1))
    };
  }

  private static double inside(double place) {
    return Math.max(EDGE, Math.min(Scene.SIDE - EDGE, place));
  }

  /** A box around a thing, beside it, or where another thing might be. */
  static Frame box(Subject subject, Random random) {
    boolean left = random.nextBoolean();
    double u = random.nextDouble();
    double apart = u < 0.35 ? 2 : u < 0.65 ? 8 : Double.NaN; // pixels
    Optional<Frame> thing = Double.isNaN(apart) ? Optional.empty() : subject.frame(left);
    double height =
        thing.map(f -> f.height() * (0.85 + 0.4 * random.nextDouble())).orElseGet(() -> 8 + 20 * random.nextDouble());
    double aspect = 0.75 + 0.4 * random.nextDouble();
    double x = thing.map(f -> f.middleX() + apart * random.nextGaussian()).orElseGet(() -> (left ? 10 : 38) + 16 * random.nextDouble());
    double y = thing.map(f -> f.middleY() + apart * random.nextGaussian()).orElseGet(() -> 8 + 46 * random.nextDouble());
    return within(Frame.around(x, y, Math.max(8, aspect * height), Math.max(8, height)));
  }

  /** A box where a scene's left or right thing might be as well. */
  static Frame box(Scene like, Random random) {
    Scene other =
        new Scene(
            like.style(),
            like.ground(),
            like.time(),
            like.things(),
            like.tone(),
            Set.of(),
            Scene.factors(random));
    return within(SceneRenderer.frame(other, random.nextBoolean()));
  }

  /** Moved so that its lines lie in the picture. */
  private static Frame within(Frame box) {
    double width = Math.min(box.width(), Scene.SIDE - 4);
    double height = Math.min(box.height(), Scene.SIDE - 4);
    double x = Math.max(2, Math.min(Scene.SIDE - 2 - width, box.x()));
    double y = Math.max(2, Math.min(Scene.SIDE - 2 - height, box.y()));
    return new Frame(x, y, width, height);
  }
}
