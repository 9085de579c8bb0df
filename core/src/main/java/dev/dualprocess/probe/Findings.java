package dev.dualprocess.probe;

import java.util.Comparator;
import java.util.List;

/**
 * What a probe found: whether its checks can be taught, and why not.
 *
 * @param verdict the worst of the checks'; {@link Verdict#ALREADY_SO} only if all of them are
 * @param reason in a sentence: of the check that decided, or what is not finite
 * @param checks one for each check, in their order; none where nothing was seen
 */
public record Findings(Verdict verdict, String reason, List<Finding> checks) {
  /** Copies the list. */
  public Findings {
    checks = List.copyOf(checks);
  }

  /** What is not finite ends everything; {@code checks} are of the seeds before. */
  static Findings notFinite(String reason, List<Finding> checks) {
    return new Findings(Verdict.NOT_FINITE, reason, checks);
  }

  static Findings of(List<Finding> checks) {
    Finding worst = worst(checks);
    String which = checks.size() == 1 ? "" : "Check " + (checks.indexOf(worst) + 1) + ": ";
    return new Findings(worst.verdict(), which + worst.reason(), checks);
  }

  /** Of what is still to be learnt, or of all, the first of the worst. */
  private static Finding worst(List<Finding> checks) {
    Comparator<Finding> bad = Comparator.comparing(Finding::verdict);
    List<Finding> open = checks.stream().filter(f -> f.verdict() != Verdict.ALREADY_SO).toList();
    List<Finding> judged = open.isEmpty() ? checks : open;
    Finding worst = judged.get(0);
    for (Finding finding : judged) {
      worst = bad.compare(finding, worst) > 0 ? finding : worst;
    }
    return worst;
  }

  /** The verdict with its reason, as people read it. */
  public String sentence() {
    return verdict.sentence() + " " + reason;
  }
}
