package dev.dualprocess.flow;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Noise levels and the step that is trained. */
class FlowScheduleTest {
  private static final FlowSchedule FOUR =
      new FlowSchedule(new float[] {1, 0.75f, 0.5f, 0.25f, 0}, 1000);

  @Test
  void timestepsAreTheNoiseLevelsOfTheSteps() {
    assertEquals(4, FOUR.steps());
    assertArrayEquals(new float[] {1000, 750, 500, 250}, FOUR.timesteps());
    assertEquals(250, FOUR.timestep(3));
    assertEquals(0, FOUR.sigma(4));
  }

  @Test
  void timestepsMayBeGivenInstead() {
    FlowSchedule whole =
        new FlowSchedule(new float[] {0.9997f, 0.7506f, 0}, new float[] {999, 750}, 1000);
    assertArrayEquals(new float[] {999, 750}, whole.timesteps());
    assertEquals(750, whole.timestep(1));
    assertEquals(0.7506f, whole.sigma(1));
    assertRefused(
        IllegalArgumentException.class,
        () -> new FlowSchedule(new float[] {1, 0}, new float[] {1000, 0}, 1000),
        "2 noise levels need 1 timesteps, not 2");
  }

  @Test
  void itCannotBeChanged() {
    float[] given = {1, 0.5f, 0};
    float[] told = {1000, 500};
    FlowSchedule schedule = new FlowSchedule(given, told, 1000);
    given[0] = 7;
    told[0] = 7;
    schedule.sigmas()[1] = 7;
    schedule.timesteps()[1] = 7;
    assertArrayEquals(new float[] {1, 0.5f, 0}, schedule.sigmas());
    assertArrayEquals(new float[] {1000, 500}, schedule.timesteps());
  }

  /** i = ⌊uN⌋ is the only whole number with i ≤ uN < i + 1. */
  @Property
  void theTrainedStepIsTheFloorOfUN(
      @ForAll @DoubleRange(min = 0, max = 1, maxIncluded = false) @Scale(12) double u,
      @ForAll @IntRange(min = 1, max = 100) int n) {
    int step = new FlowSchedule(new float[n + 1], 1000).stepAt(u);
    assertTrue(step <= u * n && u * n < step + 1, () -> step + " for " + u + " of " + n);
    assertTrue(step >= 0 && step < n);
  }

  @Test
  void oneStepIsAlwaysTheFirst() {
    FlowSchedule one = new FlowSchedule(new float[] {1, 0}, 1000);
    assertEquals(0, one.stepAt(0));
    assertEquals(0, one.stepAt(Math.nextDown(1.0)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-9, 1, 1.5, Double.NaN})
  void whatIsNoUniformDrawIsRefused(double u) {
    assertRefused(IllegalArgumentException.class, () -> FOUR.stepAt(u), "[0, 1)", u);
  }

  @Test
  void aScheduleWithoutStepsIsRefused() {
    assertRefused(
        IllegalArgumentException.class,
        () -> new FlowSchedule(new float[] {1}, 1000),
        "at least one step");
  }
}
