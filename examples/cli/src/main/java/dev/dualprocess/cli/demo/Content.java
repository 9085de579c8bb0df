package dev.dualprocess.cli.demo;

import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.run.Comparison;
import dev.dualprocess.world.meter.ColorFamilies;
import dev.dualprocess.world.meter.EdgeMeter;
import dev.dualprocess.world.meter.Variety;
import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of everything but the horizon.
 *
 * @param groundKept share of the seeds whose ground still is of the colour family it was of
 * @param skyKept share of the seeds whose sky is
 * @param secondEdgesBefore share of the pictures with another edge, {@value #STRONG} as strong as
 *     the horizon or stronger, before
 * @param secondEdges the same after
 * @param varietyKept variety of the pictures stretched to one horizon, after / before
 */
record Content(
    double groundKept,
    double skyKept,
    double secondEdgesBefore,
    double secondEdges,
    double varietyKept) {
  private static final double STRONG = 0.6;
  private static final EdgeMeter METER = new EdgeMeter();

  static Content of(Comparison comparison) {
    List<BufferedImage> before = images(comparison.before());
    List<BufferedImage> after = images(comparison.after());
    int ground = 0;
    int sky = 0;
    for (int i = 0; i < before.size(); i++) {
      ColorFamilies was = families(before.get(i));
      ColorFamilies is = families(after.get(i));
      ground += was.land() == is.land() ? 1 : 0;
      sky += was.time() == is.time() ? 1 : 0;
    }
    Variety variety = new Variety(METER);
    double spread = variety.of(before);
    return new Content(
        (double) ground / before.size(),
        (double) sky / before.size(),
        secondEdges(before),
        secondEdges(after),
        spread == 0 ? 1 : variety.of(after) / spread);
  }

  private static List<BufferedImage> images(List<Rated> rated) {
    return rated.stream().map(Rated::image).toList();
  }

  private static ColorFamilies families(BufferedImage picture) {
    return ColorFamilies.of(picture, METER.horizon(picture));
  }

  private static double secondEdges(List<BufferedImage> pictures) {
    return (double) pictures.stream().filter(p -> METER.edge(p).secondEdge() >= STRONG).count()
        / pictures.size();
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("groundKept", groundKept);
    map.put("skyKept", skyKept);
    map.put("secondEdgesBefore", secondEdgesBefore);
    map.put("secondEdges", secondEdges);
    map.put("diversityKeptWithoutHorizon", varietyKept);
    return map;
  }
}
