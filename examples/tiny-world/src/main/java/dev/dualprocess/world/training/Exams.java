package dev.dualprocess.world.training;

import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.world.Ground;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.TimeOfDay;
import dev.dualprocess.world.Tone;
import dev.dualprocess.world.meter.ColorFamilies;
import dev.dualprocess.world.training.Exam.Topic;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Sets exams: random questions about pictures, many near the right answer's edge, some from afar.
 */
final class Exams {
  private static final List<Ground> GROUNDS = List.of(Ground.values());
  private static final List<TimeOfDay> TIMES = List.of(TimeOfDay.values());
  private static final List<Tone> TONES =
      Stream.of(Tone.values()).filter(tone -> tone != Tone.NATURAL).toList();

  private Exams() {}

  /** A random question of a topic. */
  static Exam of(Topic topic, Subject subject, Random random) {
    return switch (topic) {
      case HORIZON -> horizon(subject, random);
      case OUTLINE -> outline(subject, random);
      case PALETTE -> palette(subject, random);
      case NIGHT -> Exam.night(subject);
      case CONTENT -> content(subject, random);
      case KIND -> kind(subject, random);
      case DEPTH -> Exam.depth(subject, PlacedMarks.points(subject, random));
      case COMPOSITION -> Exam.composition(subject, PlacedMarks.box(subject, random));
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

  private static Exam palette(Subject subject, Random random) {
    int size = 3 + random.nextInt(3);
    List<Color> colors = new ArrayList<>();
    int source = random.nextInt(4);
    BufferedImage other =
        source < 2 ? subject.picture() : Subject.Drawn.of(Scene.random(random)).picture();
    Tone tone = any(TONES, random);
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

  /** Mostly what the colours are nearest to, or that with another ground or another time. */
  private static Exam content(Subject subject, Random random) {
    ColorFamilies seen = ColorFamilies.of(subject.picture(), subject.horizon());
    Ground ground = random.nextInt(3) == 0 ? any(GROUNDS, random) : seen.land();
    TimeOfDay time = random.nextInt(3) == 0 ? any(TIMES, random) : seen.time();
    double u = random.nextDouble();
    VisualPrompt other =
        u < 0.5
            ? VisualPrompt.horizon(0.15 + 0.7 * random.nextDouble())
            : u < 0.7 ? VisualPrompt.lineWeight(1 + random.nextInt(4)) : null;
    return Exam.content(subject, seen, ground, time, Optional.ofNullable(other));
  }

  private static <T> T any(List<T> values, Random random) {
    return values.get(random.nextInt(values.size()));
  }

  private static Exam kind(Subject subject, Random random) {
    Scene scene = subject.scene().orElseThrow();
    if (random.nextInt(5) == 0) {
      return Exam.cartoon(scene);
    }
    Ground asked = random.nextInt(3) == 0 ? scene.ground() : any(GROUNDS, random);
    return Exam.ground(scene, asked);
  }
}
