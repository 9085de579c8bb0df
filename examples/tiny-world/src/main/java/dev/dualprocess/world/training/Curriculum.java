package dev.dualprocess.world.training;

import dev.dualprocess.world.Frame;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.Things;
import dev.dualprocess.world.training.Exam.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Which questions are asked about which pictures: scenes from the renderer, some of them spoilt,
 * and pictures that a generator made, plain and while it was being distilled.
 */
final class Curriculum {
  private static final double ROWS = 8; // that make one unit of the auxiliary head
  private static final double SPOILT = 0.3;
  private static final double PALED = 0.4;
  private static final double PALEST = 0.7; // sun whose place can be read
  private static final double GENERATED = 0.6; // once there are any

  private static final int TRIES = 3; // for a picture that suits a question

  private final Syllabus syllabus;
  private final List<Subject> generated = new ArrayList<>();

  Curriculum(Syllabus syllabus) {
    this.syllabus = syllabus;
  }

  /** One question about one picture, with what the auxiliary heads should tell of it. */
  record Lesson(Topic topic, Subject subject, Exam exam) {
    /**
     * What the auxiliary head should tell of the picture moved down by some rows; not a number
     * where it is unknown.
     */
    double[] measures(double down) {
      double line = exam.line().orElse(Double.NaN);
      return new double[] {
        (subject.horizon() + down) / ROWS - 4, (line + down) / ROWS - 4, subject.outline()
      };
    }

    /**
     * Where things and marks are in the picture moved by some pixels, for the auxiliary head; not a
     * number where it is unknown or there is none. As many as {@link AuxiliaryHeads#PLACES}.
     */
    double[] places(double right, double down) {
      List<Double> places = new ArrayList<>();
      for (boolean left : new boolean[] {true, false}) {
        Optional<Frame> thing = subject.frame(left);
        places.add(thing.map(f -> across(f.middleX() + right)).orElse(Double.NaN));
        places.add(thing.map(f -> across(f.foot() + down)).orElse(Double.NaN));
        places.add(thing.map(f -> f.height() / ROWS - 2).orElse(Double.NaN));
      }
      Optional<Frame> sun = subject.sun().filter(frame -> subject.paleness() < PALEST);
      places.add(sun.map(f -> across(f.middleX() + right)).orElse(Double.NaN));
      places.add(sun.map(f -> across(f.middleY() + down)).orElse(Double.NaN));
      Optional<Points> points = exam.points();
      places.add(points.map(p -> across(p.ax() + right)).orElse(Double.NaN));
      places.add(points.map(p -> across(p.ay() + down)).orElse(Double.NaN));
      places.add(points.map(p -> across(p.bx() + right)).orElse(Double.NaN));
      places.add(points.map(p -> across(p.by() + down)).orElse(Double.NaN));
      Optional<Frame> box = exam.box();
      places.add(box.map(f -> across(f.middleX() + right)).orElse(Double.NaN));
      places.add(box.map(f -> across(f.middleY() + down)).orElse(Double.NaN));
      return places.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double across(double pixels) {
      return pixels / ROWS - 4;
    }

    /** The label of one kind: ground, time, style, things; -1 where it is unknown. */
    @SuppressWarnings("EnumOrdinal") // classes of a head that is dropped after training
    int kind(int k) {
      if (subject.scene().isEmpty()) {
        return -1;
      }
      Scene scene = subject.scene().orElseThrow();
      return switch (k) {
        case 0 -> scene.ground().ordinal();
        case 1 -> scene.time().ordinal();
        case 2 -> scene.style().ordinal();
        default -> scene.things().ordinal();
      };
    }
  }

  /** Adds pictures that a generator made. */
  void add(List<? extends Subject> pictures) {
    generated.addAll(pictures);
  }

  /** Draws a topic, a picture that suits it, and a question about it. */
  Lesson lesson(Random random) {
    Topic topic = syllabus.topic(random);
    Subject subject = subject(topic, random);
    return new Lesson(topic, subject, Exams.of(topic, subject, random));
  }

  private Subject subject(Topic topic, Random random) {
    Subject subject = anySubject(topic, random);
    for (int i = 1; i < TRIES && !suits(subject, topic); i++) {
      subject = anySubject(topic, random);
    }
    return subject;
  }

  /** Depth is about two things, and mountains may hide the sun. */
  private static boolean suits(Subject subject, Topic topic) {
    return switch (topic) {
      case DEPTH -> subject.things().inPairs();
      case COMPOSITION -> subject.things() != Things.MOUNTAINS;
      default -> true;
    };
  }

  private Subject anySubject(Topic topic, Random random) {
    if (!generated.isEmpty() && random.nextDouble() < GENERATED) {
      Subject subject = generated.get(random.nextInt(generated.size()));
      if (subject.knows(topic)) {
        return subject;
      }
    }
    Subject.Drawn drawn = Subject.Drawn.of(Scene.random(random));
    return switch (topic) {
      case HORIZON, CONTENT -> random.nextDouble() < SPOILT ? Blemish.on(drawn, random) : drawn;
      case COMPOSITION -> random.nextDouble() < PALED ? Blemish.paled(drawn, random) : drawn;
      default -> drawn;
    };
  }
}
