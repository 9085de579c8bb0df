package dev.dualprocess.cli.demo;

import dev.dualprocess.run.Comparison;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A prompt's pictures before and after, measured once for all who tell of it.
 *
 * @param comparison the pictures
 * @param before what meters say of them before
 * @param after and after
 * @param observed what else became of them: by the task's observations, in their order
 */
public record MeasuredPrompt(
    Comparison comparison, Measured before, Measured after, Map<Observation, Double> observed) {
  /**
   * Measures a comparison.
   *
   * @param tokenSide pixels along each side of a token of the generator
   */
  static MeasuredPrompt of(DemoTask task, int tokenSide, Comparison comparison) {
    Measured before = Measured.of(task, tokenSide, comparison.before());
    Measured after = Measured.of(task, tokenSide, comparison.after());
    Map<Observation, Double> observed = new LinkedHashMap<>();
    for (Observation each : task.observations()) {
      observed.put(each, each.share().of(before.pictures(), after.pictures()));
    }
    return new MeasuredPrompt(comparison, before, after, observed);
  }

  static List<MeasuredPrompt> all(DemoTask task, int tokenSide, List<Comparison> comparisons) {
    return comparisons.stream().map(each -> of(task, tokenSide, each)).toList();
  }
}
