package dev.dualprocess.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;

/** The pipeline's formulas in plain arithmetic, and the three equations beside them. */
class TrigFlowTest {
  private static final double SMALL = 1e-12;

  @Property
  void theStateIsThatOfEquation1(
      @ForAll @DoubleRange(min = -3, max = 3) @Scale(6) double x0,
      @ForAll @DoubleRange(min = -3, max = 3) @Scale(6) double eps,
      @ForAll @DoubleRange(min = 0, max = 1.57080) @Scale(6) double t,
      @ForAll @DoubleRange(min = 0.1, max = 2) @Scale(6) double sigmaData) {
    double z = sigmaData * (Math.cos(t) * x0 + Math.sin(t) * eps);
    double s = TrigFlow.sigma(t);
    assertEquals((1 - s) * x0 + s * eps, TrigFlow.scale(t) * z / sigmaData, SMALL);
    assertEquals(1 / (Math.cos(t) + Math.sin(t)), TrigFlow.scale(t), SMALL);
  }

  @Property
  void theCleanEstimateIsThatOfEquation5(
      @ForAll @DoubleRange(min = -3, max = 3) @Scale(6) double z,
      @ForAll @DoubleRange(min = -3, max = 3) @Scale(6) double velocity,
      @ForAll @DoubleRange(min = 0, max = 1.57080) @Scale(6) double t,
      @ForAll @DoubleRange(min = 0.1, max = 2) @Scale(6) double sigmaData) {
    double s = TrigFlow.sigma(t);
    double c = Math.sqrt(s * s + (1 - s) * (1 - s));
    double y = z / sigmaData * c;
    double f = sigmaData * ((1 - 2 * s) * y + (1 - 2 * s + 2 * s * s) * velocity) / c;
    double denoised = Math.cos(t) * z - Math.sin(t) * f;
    assertEquals(denoised / sigmaData, y - s * velocity, 1e-10);
  }

  /** With the noise that the estimate implies, a step is Euler's. */
  @Property
  void withTheImpliedNoiseTheNextStateIsThatOfEquation2(
      @ForAll @DoubleRange(min = -3, max = 3) @Scale(6) double y,
      @ForAll @DoubleRange(min = -3, max = 3) @Scale(6) double velocity,
      @ForAll @DoubleRange(min = 0, max = 1.57080) @Scale(6) double t,
      @ForAll @DoubleRange(min = 0, max = 1.57080) @Scale(6) double tNext) {
    double s = TrigFlow.sigma(t);
    double next = TrigFlow.sigma(tNext);
    double x0 = y - s * velocity;
    double eps = y + (1 - s) * velocity;
    double onTheCircle = Math.cos(tNext) * x0 + Math.sin(tNext) * eps;
    assertEquals(y + velocity * (next - s), TrigFlow.scale(tNext) * onTheCircle, SMALL);
  }
}
