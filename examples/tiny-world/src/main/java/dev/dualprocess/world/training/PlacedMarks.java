package dev.dualprocess.world.training;

import dev.dualprocess.world.Frame;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.SceneRenderer;
import java.util.Optional;
import java.util.Random;

/** Where questions put their points and boxes: mostly on things and near them, some anywhere. */
final class PlacedMarks {
  private static final double EDGE = 3; // pixels that points keep from the picture's edge
  private static final double BOX_EDGE = 2; // and boxes
  private static final double LEAST = 10; // pixels of a box's sides
  private static final double MOST = 20;

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

  /** A box around the sun, beside it, or where it might be as well. */
  static Frame box(Subject subject, Random random) {
    double u = random.nextDouble();
    Optional<Frame> sun = u < 0.65 ? subject.sun() : Optional.empty();
    double x = Scene.SIDE * between(0.1, 0.9, random);
    double y = Scene.SIDE * between(0.08, 0.6, random);
    if (sun.isPresent()) {
      double apart = u < 0.35 ? 2 : 8; // pixels
      x = sun.get().middleX() + apart * random.nextGaussian();
      y = sun.get().middleY() + apart * random.nextGaussian();
    }
    return around(x, y, random);
  }

  private static double between(double from, double to, Random random) {
    return from + (to - from) * random.nextDouble();
  }

  /** A box where a scene's sun might be as well. */
  static Frame box(Scene like, Random random) {
    Frame sun = SceneRenderer.sun(like.withFactors(Scene.factors(random)));
    return around(sun.middleX(), sun.middleY(), random);
  }

  private static Frame around(double x, double y, Random random) {
    double width = between(LEAST, MOST, random);
    return within(Frame.around(x, y, width, width * between(0.8, 1.25, random)));
  }

  /** Moved so that its lines lie in the picture. */
  private static Frame within(Frame box) {
    double width = Math.min(box.width(), Scene.SIDE - 2 * BOX_EDGE);
    double height = Math.min(box.height(), Scene.SIDE - 2 * BOX_EDGE);
    double x = Math.max(BOX_EDGE, Math.min(Scene.SIDE - BOX_EDGE - width, box.x()));
    double y = Math.max(BOX_EDGE, Math.min(Scene.SIDE - BOX_EDGE - height, box.y()));
    return new Frame(x, y, width, height);
  }
}
