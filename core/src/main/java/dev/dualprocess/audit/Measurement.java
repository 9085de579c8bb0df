package dev.dualprocess.audit;

import java.util.Arrays;
import java.util.List;

/**
 * The probability of the wanted answers, without and with the LoRA, seed by seed.
 *
 * @param kind what was asked differently
 * @param name of the verifier, the words, or the disturbance
 * @param before without the LoRA
 * @param after with it, the same seeds
 */
public record Measurement(Kind kind, String name, List<Double> before, List<Double> after) {
  /** In what a measurement differs from what training asked. */
  public enum Kind {
    /** Nothing: the verifier that taught the LoRA, as it was asked then. */
    TEACHER("teacher"),
    /** A verifier that did not teach it. */
    OTHER_VERIFIER("another verifier"),
    /** The teacher, in other words. */
    PARAPHRASE("other words"),
    /** The teacher, on images that were disturbed a little. */
    DISTURBANCE("disturbed"),
    /** The teacher, without the drawing that the question points at. */
    WITHOUT_DRAWING("without the drawing"),
    /** The teacher, with another drawing. */
    WRONG_DRAWING("a wrong drawing");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    /** What people read in the report. */
    public String title() {
      return title;
    }
  }

  /** Copies the lists. */
  public Measurement {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }

  static Measurement of(Kind kind, String name, double[] before, double[] after) {
    return new Measurement(
        kind, name, Arrays.stream(before).boxed().toList(), Arrays.stream(after).boxed().toList());
  }

  /** The mean over the seeds, without the LoRA. */
  public double meanBefore() {
    return mean(before);
  }

  /** The mean over the seeds, with it. */
  public double meanAfter() {
    return mean(after);
  }

  /** By how much the LoRA raises the mean probability. */
  public double gain() {
    return meanAfter() - meanBefore();
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }
}
