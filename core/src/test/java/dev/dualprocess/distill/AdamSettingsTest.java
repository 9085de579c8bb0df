package dev.dualprocess.distill;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The optimizer's settings. */
class AdamSettingsTest {
  @Test
  void thePapersAre() {
    assertEquals(new AdamSettings(5e-5, 0.9, 0.999, 1e-8, 0, 1), AdamSettings.PAPER);
    assertEquals(
        new AdamSettings(0.1, 0.9, 0.999, 1e-8, 0, 1), AdamSettings.PAPER.withLearningRate(0.1));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.9, 0.9, 1e-8, 0, 1, learning rate cannot be 0",
    "-1, 0.9, 0.9, 1e-8, 0, 1, learning rate",
    "NaN, 0.9, 0.9, 1e-8, 0, 1, learning rate",
    "Infinity, 0.9, 0.9, 1e-8, 0, 1, learning rate",
    "1, 1, 0.9, 1e-8, 0, 1, beta1",
    "1, -0.1, 0.9, 1e-8, 0, 1, beta1",
    "1, 0.9, 1, 1e-8, 0, 1, beta2",
    "1, 0.9, NaN, 1e-8, 0, 1, beta2",
    "1, 0.9, 0.9, 0, 0, 1, eps",
    "1, 0.9, 0.9, 1e-8, -0.1, 1, weight decay",
    "1, 0.9, 0.9, 1e-8, Infinity, 1, weight decay",
    "1, 0.9, 0.9, 1e-8, 0, 0, maximal gradient norm",
    "1, 0.9, 0.9, 1e-8, 0, NaN, maximal gradient norm",
  })
  void valuesBeyondTheirRangesAreRefused(
      double rate, double beta1, double beta2, double eps, double decay, double norm, String told) {
    assertRefused(
        IllegalArgumentException.class,
        () -> new AdamSettings(rate, beta1, beta2, eps, decay, norm),
        told);
  }
}
