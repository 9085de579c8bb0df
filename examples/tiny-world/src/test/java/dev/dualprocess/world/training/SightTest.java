package dev.dualprocess.world.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.meter.EdgeMeter;
import dev.dualprocess.world.training.Exam.Topic;
import java.awt.image.BufferedImage;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pictures and their drawings, moved together. */
class SightTest {
  @Test
  void aViewMovesHorizonAndLineByTheRowsItTells() {
    Random random = new Random(7);
    EdgeMeter meter = new EdgeMeter();
    int moved = 0;
    for (int i = 0; i < 60; i++) {
      Subject.Drawn subject = Subject.Drawn.of(Scene.random(random));
      Exam exam = Exam.horizonAt(subject, 20 + random.nextInt(24));
      Curriculum.Lesson lesson = new Curriculum.Lesson(Topic.NIGHT, subject, exam); // undamaged
      Sight.View view = Sight.View.random(random);
      assertTrue(Math.abs(view.down()) <= 4.5);
      moved += view.down() == 0 ? 0 : 1;
      double[] rows =
          Memory.freeing(
              () -> {
                Sight sight = Sight.of(lesson, random);
                Sight seen = view.of(sight);
                return new double[] {
                  meter.horizon(Pixels.toImage(sight.picture())),
                  meter.horizon(Pixels.toImage(seen.picture())),
                  reddest(Pixels.toImage(sight.composed())),
                  reddest(Pixels.toImage(seen.composed()))
                };
              });
      if (Math.abs(rows[0] - subject.horizon()) < 1) {
        assertEquals(rows[0] + view.down(), rows[1], 1, subject.drawn()::prompt);
      }
      assertEquals(rows[2] + view.down(), rows[3], 1);
    }
    assertTrue(moved > 15 && moved < 45, moved + " of 60 were moved");
  }

  /** The middle of the rows that are red all along. */
  private static double reddest(BufferedImage picture) {
    double best = Double.NEGATIVE_INFINITY;
    double row = 0;
    for (int y = 0; y + 1 < picture.getHeight(); y++) {
      double sum = 0;
      for (int x = 0; x < picture.getWidth(); x++) {
        sum += redness(picture.getRGB(x, y)) + redness(picture.getRGB(x, y + 1));
      }
      if (sum > best) {
        best = sum;
        row = y + 1;
      }
    }
    return row;
  }

  private static int redness(int rgb) {
    return ((rgb >> 16) & 0xff) - Math.max((rgb >> 8) & 0xff, rgb & 0xff);
  }
}
