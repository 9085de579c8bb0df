package dev.dualprocess.config;

import static dev.dualprocess.testing.Refusals.assertRefused;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RealsTest {
  private static final Class<IllegalArgumentException> WRONG = IllegalArgumentException.class;

  @ParameterizedTest
  @ValueSource(
      doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e300, -1e300})
  void whatNoModelHasIsRefusedByName(double absurd) {
    String told = "width is " + absurd;
    assertRefused(WRONG, () -> Reals.requireWithin("width", absurd, 0, 1), told, "from 0.0 to 1.0");
    assertRefused(WRONG, () -> Reals.requirePositive("width", absurd), told);
    assertRefused(WRONG, () -> Reals.requireFactor("width", absurd), told);
    assertRefused(WRONG, () -> Reals.requireOffset("width", absurd), told);
    assertRefused(WRONG, () -> Reals.requireEps("width", absurd), told);
  }

  @Test
  void nothingIsDividedByZero() {
    assertRefused(WRONG, () -> Reals.requirePositive("width", 0), "width is 0.0");
    assertRefused(WRONG, () -> Reals.requireFactor("width", 1e-300), "width is 1.0E-300");
    assertRefused(WRONG, () -> Reals.requireEps("width", -1e-6), "width is -1.0E-6");
  }

  @Test
  void whatModelsHaveIsTaken() {
    Reals.requireEps("eps", 1e-12);
    Reals.requireEps("eps", 0);
    Reals.requireFactor("scaling_factor", -0.3611);
    Reals.requireOffset("shift_factor", 0);
    Reals.requirePositive("rope_theta", 1e6);
  }
}
