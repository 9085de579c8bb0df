package dev.dualprocess.cli.drawing;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The best picture of those that were offered, the first of equals; only that one is kept. */
final class Choice {
  private final List<Candidate> offered = new ArrayList<>();
  private @Nullable Candidate best;
  private @Nullable BufferedImage picture;

  /**
   * What a verifier thinks of a seed.
   *
   * @param probability of the wanted answers, the mean of all checks
   */
  record Candidate(long seed, double probability) {}

  void offer(long seed, BufferedImage image, double probability) {
    Candidate candidate = new Candidate(seed, probability);
    offered.add(candidate);
    if (best == null || probability > best.probability()) {
      best = candidate;
      picture = image;
    }
  }

  Candidate best() {
    return Objects.requireNonNull(best);
  }

  BufferedImage picture() {
    return Objects.requireNonNull(picture);
  }

  /** The best one's seed and probability, and those of the others. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("seed", best().seed());
    map.put("probability", best().probability());
    map.put("others", offered.stream().filter(each -> !each.equals(best)).toList());
    return map;
  }
}
