package dev.dualprocess.cli.latents;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one way to an image costs (a column of table 2 of arXiv 2506.01955).
 *
 * @param peakBytes the most memory that was resident during the optimisation
 * @param optimisationSeconds from the first step to the last
 * @param inferenceSeconds from a new seed to its image: one pass, and before it the optimisation
 *     where there is no way around it
 * @param probabilityBefore of the wanted answer on the optimised seed, before
 * @param probabilityAfter after
 */
public record Price(
    long peakBytes,
    double optimisationSeconds,
    double inferenceSeconds,
    double probabilityBefore,
    double probabilityAfter) {
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("peakBytes", peakBytes);
    map.put("optimisationSeconds", optimisationSeconds);
    map.put("inferenceSeconds", inferenceSeconds);
    map.put("probabilityBefore", probabilityBefore);
    map.put("probabilityAfter", probabilityAfter);
    return map;
  }
}
