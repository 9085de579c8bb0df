package dev.dualprocess.vqa;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Choosing among logits, against the softmax written out. */
class NextTokenTest {
  private static final float[] LOGITS = {0.5f, Float.NEGATIVE_INFINITY, 2, 1.25f, -1};

  @Test
  void coldTakesTheMostProbable() {
    NextToken next = new NextToken(0, 1);
    for (int i = 0; i < 10; i++) {
      assertEquals(2, next.choose(LOGITS));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 3})
  void drawsBySoftmaxOfLogitsOverTemperature(double temperature) {
    NextToken next = new NextToken(temperature, 7);
    int draws = 40_000;
    int[] counts = new int[LOGITS.length];
    for (int i = 0; i < draws; i++) {
      counts[next.choose(LOGITS)]++;
    }
    double sum = 0;
    for (float logit : LOGITS) {
      sum += Math.exp(logit / temperature);
    }
    for (int i = 0; i < LOGITS.length; i++) {
      double p = Math.exp(LOGITS[i] / temperature) / sum;
      double deviation = Math.sqrt(p * (1 - p) / draws);
      assertEquals(p, (double) counts[i] / draws, 4.5 * deviation, "token " + i);
    }
  }

  @Test
  void refusesWrongSettings() {
    assertRefused(IllegalArgumentException.class, () -> Decoding.greedy(-1), "-1 tokens");
    assertRefused(
        IllegalArgumentException.class,
        () -> Decoding.greedy(1).withTemperature(Double.NaN, 0),
        "temperature");
  }
}
