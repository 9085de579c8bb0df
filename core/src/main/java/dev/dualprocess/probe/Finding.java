package dev.dualprocess.probe;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What the sightings of one check come to.
 *
 * @param verdict in a word
 * @param reason in a sentence, with the figures that decided
 * @param probability of the wanted answer, mean over the seeds, 0 to 1
 * @param loss mean over the seeds, in nats
 * @param spread standard deviation of the loss over the seeds; 0 of a single one
 * @param tremor of the loss, root mean square over the seeds, in nats
 * @param slope median over the seeds, in nats a grey level
 * @param reach median over the seeds of loss / slope, in grey levels; infinite without a gradient
 * @param words what the verifier says to the first seed when it may answer freely, or would rather
 *     have said at most seeds; empty from one without words
 */
public record Finding(
    Verdict verdict,
    String reason,
    double probability,
    double loss,
    double spread,
    double tremor,
    double slope,
    double reach,
    String words) {

  /** A finding that is not judged yet, of at least one sighting. */
  static Finding of(List<Sighting> seen, Optional<String> says) {
    double loss = mean(seen, Sighting::loss);
    return new Finding(
        Verdict.TEACHABLE,
        "",
        mean(seen, Sighting::probability),
        loss,
        Math.sqrt(mean(seen, s -> (s.loss() - loss) * (s.loss() - loss))),
        Math.sqrt(mean(seen, s -> s.tremor() * s.tremor())),
        median(seen, Sighting::slope),
        median(seen, Finding::reach),
        says.orElseGet(() -> mostly(seen)));
  }

  /** The verdict with its reason, as people read it. */
  public String sentence() {
    return verdict.sentence() + " " + reason;
  }

  Finding judged(Verdict newVerdict, String newReason) {
    return new Finding(
        newVerdict, newReason, probability, loss, spread, tremor, slope, reach, words);
  }

  private static double mean(List<Sighting> seen, ToDoubleFunction<Sighting> value) {
    return seen.stream().mapToDouble(value).average().orElseThrow();
  }

  private static double reach(Sighting seen) {
    return seen.loss() <= 0 ? 0 : seen.loss() / seen.slope();
  }

  private static double median(List<Sighting> seen, ToDoubleFunction<Sighting> value) {
    double[] sorted = seen.stream().mapToDouble(value).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** The words of most seeds, the first of them where several are said as often. */
  static String mostly(List<Sighting> seen) {
    Map<String, Long> counts =
        seen.stream()
            .map(s -> s.said().predicted().strip())
            .collect(Collectors.groupingBy(w -> w, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .max(Comparator.comparingLong(Map.Entry::getValue))
        .orElseThrow()
        .getKey();
  }

  /** Adds this to a check's entry in {@code probe.json}. */
  void put(Map<String, Object> map) {
    map.put("verdict", verdict);
    map.put("reason", reason);
    map.put("probability", probability);
    map.put("loss", loss);
    map.put("spread", spread);
    map.put("tremor", tremor);
    map.put("slope", slope);
    map.put("reach", reach);
    map.put("words", words);
  }
}
