package dev.dualprocess.studio.jobs;

import dev.dualprocess.image.PictureStatistics;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;

/**
 * A pinned seed after some steps, beside the bare generator's picture of it.
 *
 * @param step after how many steps
 * @param seed of the noise
 * @param without file of the bare generator's picture, in the job's folder
 * @param with file of the picture with what was learnt
 * @param probability of the wanted answers with what was learnt
 * @param measures name to values before and after: {@code edges}, {@code colours}, {@code
 *     brightness}; and {@code difference} of the two
 */
public record Preview(
    int step,
    long seed,
    String without,
    String with,
    double probability,
    Map<String, Object> measures) {
  /** What two pictures of a seed are like. */
  public static Map<String, Object> measures(BufferedImage before, BufferedImage after) {
    PictureStatistics one = PictureStatistics.of(before);
    PictureStatistics other = PictureStatistics.of(after);
    return Map.of(
        "edges", List.of(one.edgeDensity(), other.edgeDensity()),
        "colours", List.of(one.colorEntropy(), other.colorEntropy()),
        "brightness", List.of(one.brightness(), other.brightness()),
        "difference", PictureStatistics.difference(before, after));
  }
}
