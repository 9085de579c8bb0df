package dev.dualprocess.world.meter;

import com.google.common.primitives.ImmutableDoubleArray;
import dev.dualprocess.world.Ground;
import dev.dualprocess.world.TimeOfDay;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * What a picture shows by its two large colours, those of the sky and of the ground: medians over
 * the rows that lie {@value #MARGIN} or more away from the horizon, in columns where nothing
 * stands.
 *
 * @param sky red, green and blue from 0 to 255
 * @param ground red, green and blue from 0 to 255
 * @param time the time of day whose sky is nearest to the sky's colour
 * @param land the ground that is nearest to the ground's colour in the light of that time
 */
public record ColorFamilies(
    ImmutableDoubleArray sky, ImmutableDoubleArray ground, TimeOfDay time, Ground land) {
  private static final int MARGIN = 3;
  private static final double SHARE_OF_COLUMNS = 0.3;
  private static final double WHITE = 255;

  /** Of a picture whose horizon is at that row. */
  public static ColorFamilies of(BufferedImage picture, double horizon) {
    Raster raster = new Raster(picture);
    double[][] profile = raster.medians(AlikeColumns.of(raster, SHARE_OF_COLUMNS));
    int edge = (int) Math.round(horizon);
    ImmutableDoubleArray sky = median(profile, 0, Math.max(1, edge - MARGIN));
    ImmutableDoubleArray ground =
        median(profile, Math.min(profile.length - 1, edge + MARGIN), profile.length);
    TimeOfDay time =
        Arrays.stream(TimeOfDay.values())
            .min(Comparator.comparingDouble(t -> distance(sky, t.sky())))
            .orElseThrow();
    Ground land =
        Arrays.stream(Ground.values())
            .min(Comparator.comparingDouble(g -> distance(ground, time.lit(g.color()))))
            .orElseThrow();
    return new ColorFamilies(sky, ground, time, land);
  }

  /** How far the ground's colour is from that ground's in that light; black to white is √3. */
  public double groundDistance(Ground of, TimeOfDay at) {
    return distance(ground, at.lit(of.color())) / WHITE;
  }

  /** How far the sky's colour is from that of a time of day; black to white is √3. */
  public double skyDistance(TimeOfDay at) {
    return distance(sky, at.sky()) / WHITE;
  }

  private static ImmutableDoubleArray median(double[][] profile, int from, int to) {
    return ImmutableDoubleArray.copyOf(
        IntStream.range(0, Raster.CHANNELS)
            .mapToDouble(
                c -> Median.of(Arrays.stream(profile, from, to).mapToDouble(row -> row[c]))));
  }

  private static double distance(ImmutableDoubleArray color, Color other) {
    double r = color.get(0) - other.getRed();
    double g = color.get(1) - other.getGreen();
    double b = color.get(2) - other.getBlue();
    return Math.sqrt(r * r + g * g + b * b);
  }
}
