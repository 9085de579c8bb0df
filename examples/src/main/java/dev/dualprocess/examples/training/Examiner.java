package dev.dualprocess.examples.training;

import dev.dualprocess.examples.training.Exam.Topic;
import dev.dualprocess.examples.world.Ground;
import dev.dualprocess.examples.world.Scene;
import dev.dualprocess.examples.world.Tone;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Chooses questions about pictures: many near the right answer's edge, some from afar. */
final class Examiner {
  private static final int TRIES = 3;
  private static final List<Ground> GROUNDS = List.of(Ground.values());
  private static final List<Tone> TONES =
      Stream.of(Tone.values()).filter(tone -> tone != Tone.NATURAL).toList();

  private Examiner() {}

  /** A random question of a topic. */
  static Exam of(Topic topic, Subject subject, Random random) {
    return switch (topic) {
      case HORIZON -> horizon(subject, random);
      case OUTLINE -> outline(subject, random);
      case DEPTH -> depth(subject, random);
      case PALETTE -> palette(subject, random);
      case NIGHT -> Exam.night(subject);
      case KIND -> kind(subject, random);
    };
  }

  private static Exam horizon(Subject subject, Random random) {
    double u = random.nextDouble();
    double spread = u < 0.4 ? 3 : u < 0.65 ? 10 : 34;
    double away = spread * (2 * random.nextDouble() - 1);
    long row = Math.round(subject.horizon() + away);
    row = Math.max(8, Math.min(Scene.SIDE - 8, row));
    return Exam.horizonAt(subject, (double) row);
  }

  private static Exam outline(Subject subject, Random random) {
    long nearest = Math.round(subject.outline());
    boolean close = random.nextBoolean() && nearest >= 1;
    int wanted = (int) (close ? nearest : 1 + random.nextInt(4));
    return Exam.outlineOf(subject, wanted);
  }

  private static Exam depth(Subject subject, Random random) {
    Exam exam = anyDepth(subject, random);
    boolean telling = random.nextInt(5) > 0;
    for (int i = 0; telling && i < TRIES && Math.abs(exam.logit()) < 1; i++) {
      exam = anyDepth(subject, random);
    }
    return exam;
  }

  private static Exam anyDepth(Subject subject, Random random) {
    double left = 0.18 + 0.2 * random.nextDouble();
    double right = 0.62 + 0.2 * random.nextDouble();
    // Most points lie about where things stand.
    double middle = subject.horizon() / Scene.SIDE;
    double ay =
        random.nextInt(3) == 0
            ? 0.2 + 0.6 * random.nextDouble()
            : middle - 0.2 + 0.35 * random.nextDouble();
    ay = Math.max(0.15, Math.min(0.85, ay));
    double by = random.nextInt(4) == 0 ? 0.2 + 0.6 * random.nextDouble() : ay;
    boolean swap = random.nextBoolean();
    return Exam.depthAt(subject, swap ? right : left, ay, swap ? left : right, by);
  }

  private static Exam palette(Subject subject, Random random) {
    int size = 3 + random.nextInt(3);
    List<Color> colors = new ArrayList<>();
    int source = random.nextInt(4);
    BufferedImage other =
        source < 2 ? subject.picture() : Subject.Drawn.of(Scene.random(random)).picture();
    Tone tone = TONES.get(random.nextInt(TONES.size()));
    for (int i = 0; i < size; i++) {
      colors.add(
          source == 3
              ? mix(tone.dark(), tone.light(), (i + random.nextDouble()) / size)
              : new Color(
                  other.getRGB(
                      random.nextInt(Scene.SIDE),
                      (int) (Scene.SIDE * (i + random.nextDouble()) / size))));
    }
    return Exam.paletteOf(subject, colors);
  }

  private static Color mix(Color a, Color b, double t) {
    return new Color(
        (int) (a.getRed() + t * (b.getRed() - a.getRed())),
        (int) (a.getGreen() + t * (b.getGreen() - a.getGreen())),
        (int) (a.getBlue() + t * (b.getBlue() - a.getBlue())));
  }

  private static Exam kind(Subject subject, Random random) {
    Scene scene = subject.scene().orElseThrow();
    if (random.nextInt(5) == 0) {
      return Exam.cartoon(scene);
    }
    Ground asked =
        random.nextInt(3) == 0 ? scene.ground() : GROUNDS.get(random.nextInt(GROUNDS.size()));
    return Exam.ground(scene, asked);
  }
}
