package dev.dualprocess.lora;

import static dev.dualprocess.testing.Refusals.assertRefused;

import dev.dualprocess.lora.LoraSettings.Init;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no adapter. */
class LoraSettingsTest {
  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void aRankBelowOneIsRefused(int rank) {
    assertRefused(
        IllegalArgumentException.class,
        () -> new LoraSettings(rank, 8, Init.GAUSSIAN),
        "rank must be at least 1, not " + rank);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -8, Double.NaN, Double.POSITIVE_INFINITY})
  void anAlphaThatIsNoStrengthIsRefused(double alpha) {
    assertRefused(
        IllegalArgumentException.class,
        () -> new LoraSettings(4, alpha, Init.GAUSSIAN),
        "alpha",
        alpha);
  }
}
