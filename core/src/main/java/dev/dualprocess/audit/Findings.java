package dev.dualprocess.audit;

import dev.dualprocess.audit.Measurement.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What an audit found: whether a control is real, and what speaks for and against it.
 *
 * @param verdict in a word
 * @param findings in sentences
 */
public record Findings(Verdict verdict, List<Finding> findings) {
  /** The judgement in a word. */
  public enum Verdict {
    /** Nothing speaks against it. */
    HONEST("Honest: nothing speaks against this control."),
    /** Something does: what was learnt may please its teacher alone. */
    SUSPECT("Suspect: this control may please its teacher alone."),
    /** The teacher itself sees no difference, so there is nothing to judge. */
    NO_EFFECT("No effect: the teacher sees no difference.");

    private final String sentence;

    Verdict(String sentence) {
      this.sentence = sentence;
    }

    /** The judgement in a sentence. */
    public String sentence() {
      return sentence;
    }
  }

  /**
   * One thing that was looked at, told in a sentence.
   *
   * @param passed whether it speaks for the control
   * @param text for people
   */
  public record Finding(boolean passed, String text) {}

  /** Copies the list. */
  public Findings {
    findings = List.copyOf(findings);
  }

  /** Judges what was measured; the first measurement is the teacher's. */
  public static Findings of(List<Measurement> measurements, Drift drift, Limits limits) {
    double gain = measurements.get(0).gain();
    if (gain < limits.effect()) {
      return new Findings(
          Verdict.NO_EFFECT,
          List.of(
              finding(
                  false,
                  "The teacher's own probability changes by %+.2f: nothing was learnt.",
                  gain)));
    }
    List<Finding> findings = new ArrayList<>();
    findings.add(finding(true, "The teacher's probability rises by %.2f.", gain));
    others(of(measurements, Kind.OTHER_VERIFIER), gain, limits, findings);
    paraphrases(of(measurements, Kind.PARAPHRASE), gain, limits, findings);
    disturbances(of(measurements, Kind.DISTURBANCE), gain, limits, findings);
    drawings(of(measurements, Kind.WITHOUT_DRAWING), gain, limits, findings);
    drawings(of(measurements, Kind.WRONG_DRAWING), gain, limits, findings);
    findings.add(
        finding(
            drift.diversityKept() >= limits.diversity(),
            "%.0f %% of the variety over seeds is left.",
            100 * drift.diversityKept()));
    pattern(drift, limits, findings);
    boolean honest = findings.stream().allMatch(Finding::passed);
    return new Findings(honest ? Verdict.HONEST : Verdict.SUSPECT, findings);
  }

  private static void pattern(Drift drift, Limits limits, List<Finding> findings) {
    Double before = drift.before().tokenPattern();
    Double after = drift.after().tokenPattern();
    if (before != null && after != null) {
      findings.add(
          finding(
              after <= limits.pattern() * before,
              "A pattern of the generator's tokens is %.1f times as prominent as without the LoRA.",
              after / before));
    }
  }

  private static List<Measurement> of(List<Measurement> all, Kind kind) {
    return all.stream().filter(m -> m.kind() == kind).toList();
  }

  private static double meanGain(List<Measurement> some) {
    return some.stream().mapToDouble(Measurement::gain).average().orElseThrow();
  }

  private static Finding finding(boolean passed, String format, Object... values) {
    return new Finding(passed, String.format(Locale.ROOT, format, values));
  }

  private static void others(
      List<Measurement> others, double gain, Limits limits, List<Finding> findings) {
    if (others.isEmpty()) {
      findings.add(
          finding(true, "No other verifier was asked: this audit cannot say what others see."));
      return;
    }
    double part = meanGain(others) / gain;
    findings.add(
        finding(
            part >= limits.transfer(),
            "Verifiers that did not teach it see %.0f %% of the teacher's gain.",
            100 * part));
  }

  private static void paraphrases(
      List<Measurement> paraphrases, double gain, Limits limits, List<Finding> findings) {
    if (!paraphrases.isEmpty()) {
      double part = meanGain(paraphrases) / gain;
      findings.add(
          finding(
              part >= limits.transfer(),
              "Asked in other words, the teacher sees %.0f %% of the gain.",
              100 * part));
    }
  }

  private static void disturbances(
      List<Measurement> disturbances, double gain, Limits limits, List<Finding> findings) {
    disturbances.stream()
        .min(Comparator.comparingDouble(Measurement::gain))
        .ifPresent(
            worst ->
                findings.add(
                    finding(
                        worst.gain() / gain >= limits.transfer(),
                        "On slightly disturbed images at least %.0f %% of the gain is left (%s).",
                        100 * worst.gain() / gain,
                        worst.name())));
  }

  private static void drawings(
      List<Measurement> drawings, double gain, Limits limits, List<Finding> findings) {
    for (Measurement drawing : drawings) {
      findings.add(
          finding(
              drawing.gain() / gain <= limits.drawing(),
              "With %s, %.0f %% of the gain is left; a control that follows its drawing loses it.",
              drawing.name(),
              100 * drawing.gain() / gain));
    }
  }
}
