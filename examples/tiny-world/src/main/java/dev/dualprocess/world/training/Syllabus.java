package dev.dualprocess.world.training;

import com.google.common.collect.ImmutableSortedMap;
import dev.dualprocess.world.training.Exam.Topic;
import java.util.Map;
import java.util.Random;

/** How often each topic is asked about. */
enum Syllabus {
  /** What the verifier learns first. */
  CONTROLS(
      Map.of(
          Topic.HORIZON, 0.45,
          Topic.OUTLINE, 0.12,
          Topic.PALETTE, 0.14,
          Topic.NIGHT, 0.04,
          Topic.CONTENT, 0.2,
          Topic.KIND, 0.05)),
  /** Where things are, beside all that was learnt before. */
  SCENES(
      Map.of(
          Topic.HORIZON, 0.18,
          Topic.OUTLINE, 0.07,
          Topic.PALETTE, 0.08,
          Topic.NIGHT, 0.02,
          Topic.CONTENT, 0.12,
          Topic.KIND, 0.03,
          Topic.DEPTH, 0.3,
          Topic.COMPOSITION, 0.2));

  private final ImmutableSortedMap<Topic, Double> shares;

  Syllabus(Map<Topic, Double> shares) {
    this.shares = ImmutableSortedMap.copyOf(shares);
  }

  /** A topic by its share. */
  Topic topic(Random random) {
    double u = random.nextDouble();
    for (Map.Entry<Topic, Double> share : shares.entrySet()) {
      u -= share.getValue();
      if (u < 0) {
        return share.getKey();
      }
    }
    return shares.lastKey();
  }
}
