package dev.dualprocess.distill;

import java.util.List;

/**
 * When a run has learnt enough: as soon as the mean probability of the last steps, each on another
 * seed, is high enough.
 *
 * @param window how many of the last steps are looked at; 0 never stops early
 * @param probability that their mean must reach, above 0, at most 1
 */
public record EarlyStop(int window, double probability) {
  /** All steps are taken. */
  public static final EarlyStop NEVER = new EarlyStop(0, 1);

  /** Checks the ranges. */
  public EarlyStop {
    if (window < 0) {
      throw new IllegalArgumentException("an early stop cannot look at " + window + " steps");
    }
    if (!(probability > 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "the probability of an early stop must be above 0 and at most 1, not " + probability);
    }
  }

  /** Whether it is reached after these steps. */
  public boolean reached(List<StepReport> reports) {
    if (window == 0 || reports.size() < window) {
      return false;
    }
    return reports.subList(reports.size() - window, reports.size()).stream()
            .mapToDouble(StepReport::probability)
            .average()
            .orElseThrow()
        >= probability;
  }
}
