package dev.dualprocess.cli.latents;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Table 2 of arXiv 2506.01955: the same seed, prompt and check, optimised in the noise and in the
 * weights.
 *
 * @param latents the noise of the seed
 * @param weights a LoRA
 */
public record PriceTable(Price latents, Price weights) {
  private static final double MIB = 1 << 20;

  /** By how much the weights' peak memory is above the latents', as a part of it. */
  public double memoryOverhead() {
    return (double) weights.peakBytes() / latents.peakBytes() - 1;
  }

  /** How many times faster the weights draw the image of a new seed. */
  public double inferenceRatio() {
    return latents.inferenceSeconds() / weights.inferenceSeconds();
  }

  /** The table, line by line. */
  public List<String> lines() {
    return List.of(
        row("", "latents", "weights", "weights against latents"),
        row(
            "peak memory, MiB",
            number("%.1f", latents.peakBytes() / MIB),
            number("%.1f", weights.peakBytes() / MIB),
            number("%+.1f %%", 100 * memoryOverhead())),
        row(
            "optimisation, s",
            number("%.2f", latents.optimisationSeconds()),
            number("%.2f", weights.optimisationSeconds()),
            number("x %.2f", weights.optimisationSeconds() / latents.optimisationSeconds())),
        row(
            "image of a new seed, s",
            number("%.4f", latents.inferenceSeconds()),
            number("%.4f", weights.inferenceSeconds()),
            number("%.0f times faster", inferenceRatio())),
        row("probability on the seed", change(latents), change(weights), ""));
  }

  private static String row(String what, String latents, String weights, String ratio) {
    return String.format(Locale.ROOT, "%-24s %16s %16s  %s", what, latents, weights, ratio)
        .stripTrailing();
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static String change(Price price) {
    return String.format(
        Locale.ROOT, "%.3f -> %.3f", price.probabilityBefore(), price.probabilityAfter());
  }

  /** The table for {@code results.json}. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("latents", latents.toMap());
    map.put("weights", weights.toMap());
    map.put("memoryOverhead", memoryOverhead());
    map.put("inferenceRatio", inferenceRatio());
    return map;
  }
}
