package dev.dualprocess.evaluate;

import dev.dualprocess.config.Counts;
import dev.dualprocess.distill.DistillSettings;
import java.util.List;

/**
 * What the benchmark draws of each record, and how its LoRAs are distilled.
 *
 * @param rows of the table
 * @param images k, of each prompt
 * @param questions at most so many for each LoRA
 * @param distill how LoRAs are distilled, and how images are sampled
 */
public record BenchmarkSettings(
    List<Row> rows, int images, int questions, DistillSettings distill) {
  private static final int MOST = 10_000;

  /** Checks the ranges. */
  public BenchmarkSettings {
    rows = rows.stream().distinct().sorted().toList();
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("no row of the table was asked for");
    }
    if (images < 1) {
      throw new IllegalArgumentException("at least one image of each prompt, not " + images);
    }
    if (questions < 1) {
      throw new IllegalArgumentException("at least one question, not " + questions);
    }
    Counts.requireAtMost("images", images, MOST);
    Counts.requireAtMost("questions", questions, MOST);
  }

  /** Whether a verifier is needed. */
  boolean learns() {
    return rows.stream().anyMatch(Row::learnt);
  }
}
