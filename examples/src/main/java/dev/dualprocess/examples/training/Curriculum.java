package dev.dualprocess.examples.training;

import dev.dualprocess.examples.training.Exam.Topic;
import dev.dualprocess.examples.world.Scene;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Which questions are asked about which pictures: scenes from the renderer, some of them spoilt,
 * and pictures that a generator made, plain and while it was being distilled.
 */
final class Curriculum {
  private static final double ROWS = 8; // that make one unit of the auxiliary head
  private static final double SPOILT = 0.3;
  private static final double GENERATED = 0.6; // once there are any

  private final List<Subject> generated = new ArrayList<>();

  /**
   * One question about one picture.
   *
   * @param points coordinates of A and B, or empty
   */
  record Lesson(Topic topic, Subject subject, Exam exam) {
    /** What the auxiliary head should tell; not a number where it is unknown. */
    double[] measures() {
      double line = exam.line().orElse(Double.NaN);
      return new double[] {
        subject.horizon() / ROWS - 4,
        line / ROWS - 4,
        subject.outline(),
        exam.nearnessOfA() / 3,
        exam.nearnessOfB() / 3
      };
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

  /** The next lesson. */
  Lesson lesson(Random random) {
    Topic topic = topic(random);
    Subject subject = subject(topic, random);
    return new Lesson(topic, subject, Exam.of(topic, subject, random));
  }

  private static Topic topic(Random random) {
    double u = random.nextDouble();
    return u < 0.55
        ? Topic.HORIZON
        : u < 0.68
            ? Topic.OUTLINE
            : u < 0.73
                ? Topic.DEPTH
                : u < 0.89 ? Topic.PALETTE : u < 0.94 ? Topic.NIGHT : Topic.KIND;
  }

  private Subject subject(Topic topic, Random random) {
    if (!generated.isEmpty() && random.nextDouble() < GENERATED) {
      Subject subject = generated.get(random.nextInt(generated.size()));
      if (subject.knows(topic)) {
        return subject;
      }
    }
    Scene scene = Scene.random(random);
    while (topic == Topic.DEPTH && !scene.things().inPairs() && random.nextInt(4) > 0) {
      scene = Scene.random(random);
    }
    Subject.Drawn drawn = Subject.Drawn.of(scene);
    boolean spoil = topic == Topic.HORIZON && random.nextDouble() < SPOILT;
    return spoil ? Blemish.on(drawn, random) : drawn;
  }
}
