package dev.dualprocess.cli.demo;

import dev.dualprocess.audit.TokenPattern;
import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.image.PictureStatistics;
import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What meters say of some pictures, in the mean.
 *
 * @param pictures that were measured
 * @param error how far they are from what is wanted
 * @param secondError the same by a second meter, where the task has one
 * @param tokenPattern how prominent a pattern of the generator's tokens is, see {@link
 *     TokenPattern#prominence()}
 * @param edgeDensity see {@link PictureStatistics}
 * @param colorEntropy see {@link PictureStatistics}
 */
public record Measured(
    List<BufferedImage> pictures,
    double error,
    @Nullable Double secondError,
    double tokenPattern,
    double edgeDensity,
    double colorEntropy) {
  /**
   * Of rated pictures.
   *
   * @param tokenSide pixels along each side of a token of their generator
   */
  static Measured of(DemoTask task, int tokenSide, List<Rated> rated) {
    List<BufferedImage> pictures = rated.stream().map(Rated::image).toList();
    PictureStatistics statistics = PictureStatistics.meanOf(pictures);
    return new Measured(
        pictures,
        mean(pictures, task.error().meter()::of),
        task.secondError().map(second -> mean(pictures, second.meter()::of)).orElse(null),
        TokenPattern.of(pictures, tokenSide).prominence(),
        statistics.edgeDensity(),
        statistics.colorEntropy());
  }

  private static double mean(List<BufferedImage> pictures, ToDoubleFunction<BufferedImage> of) {
    return pictures.stream().mapToDouble(of).average().orElseThrow();
  }

  /** For {@code results.json}. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("pixelError", error);
    if (secondError != null) {
      map.put("pixelErrorSecondMeter", secondError);
    }
    map.put("tokenPattern", tokenPattern);
    map.put("edgeDensity", edgeDensity);
    map.put("colorEntropy", colorEntropy);
    return map;
  }
}
