package dev.dualprocess.world.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.world.training.VerifierTraining.Answered;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static Answered answer(double wanted, double said) {
    return new Answered(Exam.Topic.HORIZON, wanted, said);
  }

  @Test
  void makesOneLogitAsSureAsItIsOftenRight() {
    // Three of four right at a logit of 2: σ(2 s) = 3/4, so s = ln 3 / 2.
    List<Answered> answers = List.of(answer(3, 2), answer(0.1, 2), answer(-1, -2), answer(-0.5, 2));

    assertEquals(Math.log(3) / 2, Calibration.of(answers).factor(), 1e-5);
  }

  @Test
  void findsTheTemperatureThatAnswersWereDrawnAt() {
    Random random = new Random(5);
    List<Answered> answers = new ArrayList<>();
    for (int i = 0; i < 200_000; i++) {
      double said = 2 * random.nextGaussian();
      boolean yes = random.nextDouble() < 1 / (1 + Math.exp(-1.7 * said));
      answers.add(answer(yes ? 0.3 : -4, said));
    }

    assertEquals(1.7, Calibration.of(answers).factor(), 0.03);
  }

  @Test
  void staysFiniteWhereAllIsRight() {
    assertEquals(10, Calibration.of(Collections.nCopies(3, answer(2, 1))).factor(), 1e-5);
  }
}
