package dev.dualprocess.cli.demo;

import dev.dualprocess.world.meter.ColorFamilies;
import dev.dualprocess.world.meter.EdgeMeter;
import dev.dualprocess.world.meter.Outlines;
import dev.dualprocess.world.meter.Variety;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.Predicate;

/**
 * What became of something that nobody asked to change.
 *
 * @param name in {@code results.json}
 * @param heading of its column, for people
 * @param share of the pictures before and after, seed by seed
 */
public record Observation(String name, String heading, Share share) {
  /** A share of pictures before and after. */
  @FunctionalInterface
  public interface Share {
    /** Nominally from 0 to 1. */
    double of(List<BufferedImage> before, List<BufferedImage> after);
  }

  private static final EdgeMeter METER = new EdgeMeter();
  private static final double SAME_PLACE = 3; // px
  private static final double STRONG = 0.6;

  /** Seeds whose ground still is of the colour family it was of, each in its own light. */
  static final Observation GROUND =
      new Observation(
          "groundKept", "ground", seeds((was, is) -> families(was).land() == families(is).land()));

  /** Seeds whose sky still is of the same time of day. */
  static final Observation SKY =
      new Observation(
          "skyKept", "sky", seeds((was, is) -> families(was).time() == families(is).time()));

  /** Seeds whose horizon is less than three pixels from where it was. */
  static final Observation HORIZON =
      new Observation(
          "horizonKept",
          "horizon",
          seeds((was, is) -> Math.abs(METER.horizon(was) - METER.horizon(is)) < SAME_PLACE));

  /** Outlines that still are where they were, whatever the colours. */
  static final Observation OUTLINES =
      new Observation(
          "outlinesKept",
          "outlines",
          (before, after) -> {
            double sum = 0;
            for (int i = 0; i < before.size(); i++) {
              sum += Outlines.kept(before.get(i), after.get(i));
            }
            return sum / before.size();
          });

  /** Pictures with another edge, {@value #STRONG} as strong as the horizon or stronger, before. */
  static final Observation SECOND_EDGES_BEFORE =
      new Observation(
          "secondEdgesBefore", "2nd edges before", (before, after) -> secondEdges(before));

  /** The same after. */
  static final Observation SECOND_EDGES =
      new Observation("secondEdges", "2nd edges", (before, after) -> secondEdges(after));

  /** Variety of the pictures stretched to one horizon. */
  static final Observation VARIETY =
      new Observation(
          "diversityKeptWithoutHorizon",
          "variety",
          (before, after) -> {
            Variety variety = new Variety(METER);
            double spread = variety.of(before);
            return spread == 0 ? 1 : variety.of(after) / spread;
          });

  /** Whether one seed's picture has it still. */
  @FunctionalInterface
  private interface Seed {
    boolean kept(BufferedImage before, BufferedImage after);
  }

  private static Share seeds(Seed seed) {
    return (before, after) -> {
      int kept = 0;
      for (int i = 0; i < before.size(); i++) {
        kept += seed.kept(before.get(i), after.get(i)) ? 1 : 0;
      }
      return (double) kept / before.size();
    };
  }

  private static ColorFamilies families(BufferedImage picture) {
    return ColorFamilies.of(picture, METER.horizon(picture));
  }

  /** The share of pictures of which something holds. */
  static double share(List<BufferedImage> pictures, Predicate<BufferedImage> holds) {
    return (double) pictures.stream().filter(holds).count() / pictures.size();
  }

  private static double secondEdges(List<BufferedImage> pictures) {
    return share(pictures, picture -> METER.edge(picture).secondEdge() >= STRONG);
  }
}
