package dev.dualprocess.world.training;

import dev.dualprocess.world.Scene;
import dev.dualprocess.world.training.Exam.Topic;
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
    Topic topic = topic(random);
    Subject subject = subject(topic, random);
    return new Lesson(topic, subject, Exams.of(topic, subject, random));
  }

  private static Topic topic(Random random) {
    double u = random.nextDouble();
    return u < 0.45
        ? Topic.HORIZON
        : u < 0.57
            ? Topic.OUTLINE
            : u < 0.71
                ? Topic.PALETTE
                : u < 0.75 ? Topic.NIGHT : u < 0.95 ? Topic.CONTENT : Topic.KIND;
  }

  private Subject subject(Topic topic, Random random) {
    if (!generated.isEmpty() && random.nextDouble() < GENERATED) {
      Subject subject = generated.get(random.nextInt(generated.size()));
      if (subject.knows(topic)) {
        return subject;
      }
    }
    Subject.Drawn drawn = Subject.Drawn.of(Scene.random(random));
    boolean spoil =
        (topic == Topic.HORIZON || topic == Topic.CONTENT) && random.nextDouble() < SPOILT;
    return spoil ? Blemish.on(drawn, random) : drawn;
  }
}
