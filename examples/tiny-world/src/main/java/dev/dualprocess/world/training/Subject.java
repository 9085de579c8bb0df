package dev.dualprocess.world.training;

import com.google.common.base.Suppliers;
import dev.dualprocess.world.Frame;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.SceneRenderer;
import dev.dualprocess.world.Things;
import dev.dualprocess.world.meter.DepthMeter;
import dev.dualprocess.world.meter.EdgeMeter;
import dev.dualprocess.world.meter.GlowMeter;
import dev.dualprocess.world.meter.OutlineMeter;
import dev.dualprocess.world.meter.SunMeter;
import dev.dualprocess.world.meter.SunMeter.Sun;
import dev.dualprocess.world.meter.ThingMeter;
import dev.dualprocess.world.meter.TwoSegmentMeter;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A picture and what is known of it. */
interface Subject {
  /** {@value Scene#SIDE} pixels wide and high. */
  BufferedImage picture();

  /** Rows from the top to the boundary of sky and ground. */
  double horizon();

  /** How far that can be doubted: 0 for a clear edge, up to about 1. */
  double doubt();

  /** Thickness of outlines in pixels; 0 where there are none. */
  double outline();

  /** The scene it was drawn from, where that is known. */
  Optional<Scene> scene();

  /** What stands in it. */
  default Things things() {
    return scene().orElseThrow().things();
  }

  /** Where the left or the right of two things is; empty if it is not there. */
  default Optional<Frame> frame(boolean left) {
    return things().inPairs()
        ? scene().map(scene -> SceneRenderer.frame(scene, left))
        : Optional.empty();
  }

  /** Where the sun or the moon stands; empty if that is not clear. */
  default Optional<Frame> sun() {
    return scene().map(SceneRenderer::sun);
  }

  /** How pale the sun or the moon is: 0 as it should be, 1 gone. */
  default double paleness() {
    return 0;
  }

  /** How much nearer one point is than another, in rows. */
  default double lead(Points points) {
    return points.lead(scene().orElseThrow());
  }

  /** Whether a question about that can be answered. */
  default boolean knows(Exam.Topic topic) {
    return topic != Exam.Topic.KIND || scene().isPresent();
  }

  /** A scene drawn by the renderer: everything is known exactly. */
  record Drawn(Scene drawn, BufferedImage picture) implements Subject {
    static Drawn of(Scene scene) {
      return new Drawn(scene, SceneRenderer.draw(scene));
    }

    @Override
    public double horizon() {
      return drawn.horizon();
    }

    @Override
    public double doubt() {
      return 0;
    }

    @Override
    public double outline() {
      return drawn.outline();
    }

    @Override
    public Optional<Scene> scene() {
      return Optional.of(drawn);
    }
  }

  /**
   * What a generator drew of a scene: the horizon is measured, the rest is what it was told.
   *
   * @param told whose prompt and noise it had
   */
  record Painted(Scene told, BufferedImage picture, double horizon, double doubt)
      implements Subject {
    private static final double CREDIBLE = 3; // pixels between what was told and what is seen

    static Painted of(Scene told, BufferedImage picture) {
      double seen = new EdgeMeter().horizon(picture);
      boolean credible = Math.abs(seen - told.horizon()) < CREDIBLE;
      return new Painted(told, picture, credible ? seen : told.horizon(), credible ? 0 : 0.2);
    }

    @Override
    public double outline() {
      return told.outline();
    }

    @Override
    public Optional<Scene> scene() {
      return Optional.of(told);
    }
  }

  /** What a generator drew while it was being distilled: all there is to know is in the pixels. */
  final class Measured implements Subject {
    private static final double CLEAR = 0.4;
    private static final double ALONE = 0.45;
    private static final double SMOOTH = 2;
    private static final double ROUGH = 6;

    private static final double BRIGHT = 20; // contrast of a sun with the sky, of 255
    private static final double PALE = 8;
    private static final double SAME_PLACE = 4; // pixels between two meters of the sun

    private static final double AGREED = 2; // pixels between two meters
    private static final double DISAGREED = 8;

    private final BufferedImage picture;
    private final Things things;
    private final EdgeMeter.Edge edge;
    private final Map<Boolean, Optional<Frame>> frames = new HashMap<>(); // by whether it is left
    private final Supplier<Optional<Sun>> sun = Suppliers.memoize(this::measuredSun);
    private double outline = Double.NaN; // each measured once, when it is asked for
    private double doubt = Double.NaN;

    /**
     * Of a picture.
     *
     * @param things its prompt asked for
     */
    Measured(BufferedImage picture, Things things) {
      this.picture = picture;
      this.things = things;
      this.edge = new EdgeMeter().edge(picture);
    }

    @Override
    public BufferedImage picture() {
      return picture;
    }

    @Override
    public double horizon() {
      return edge.row();
    }

    @Override
    public Things things() {
      return things;
    }

    @Override
    public Optional<Frame> frame(boolean left) {
      return frames.computeIfAbsent(left, this::measured);
    }

    private Optional<Frame> measured(boolean left) {
      return things.inPairs() ? new ThingMeter().frame(picture, left) : Optional.empty();
    }

    /** Where two meters agree. */
    @Override
    public Optional<Frame> sun() {
      return sun.get().map(Sun::frame);
    }

    @Override
    public double paleness() {
      double contrast = sun.get().map(Sun::contrast).orElse(0.0);
      return Math.max(0, Math.min(1, (BRIGHT - contrast) / (BRIGHT - PALE)));
    }

    private Optional<Sun> measuredSun() {
      Optional<Frame> other = new GlowMeter().frame(picture);
      return new SunMeter()
          .sun(picture)
          .filter(s -> other.filter(o -> o.distance(s.frame()) < SAME_PLACE).isPresent());
    }

    @Override
    public double lead(Points points) {
      return new DepthMeter()
          .lead(
              picture,
              points.ax() / Scene.SIDE,
              points.ay() / Scene.SIDE,
              points.bx() / Scene.SIDE,
              points.by() / Scene.SIDE);
    }

    /** A blurred edge, another beside it, grain, and meters that do not agree. */
    @Override
    public double doubt() {
      if (Double.isNaN(doubt)) {
        doubt = measuredDoubt();
      }
      return doubt;
    }

    private double measuredDoubt() {
      double blur = Math.max(0, (CLEAR - edge.clarity()) / CLEAR);
      double second = Math.max(0, (edge.secondEdge() - ALONE) / (1 - ALONE));
      double grain = Math.max(0, Math.min(1, (grain() - SMOOTH) / ROUGH));
      double apart = Math.abs(edge.row() - new TwoSegmentMeter().horizon(picture));
      double unclear = Math.max(0, Math.min(1, (apart - AGREED) / (DISAGREED - AGREED)));
      return Math.min(1, 0.6 * blur + 0.7 * second + 0.7 * grain + 0.7 * unclear);
    }

    /**
     * How much half of all pixels differ from the mean of their neighbours, channels from 0 to 255:
     * most of a landscape is smooth, and what is painted to please a verifier often is not.
     */
    private double grain() {
      double[] differences = new double[(Scene.SIDE - 2) * (Scene.SIDE - 2)];
      int at = 0;
      for (int y = 1; y < Scene.SIDE - 1; y++) {
        for (int x = 1; x < Scene.SIDE - 1; x++) {
          double sum = 0;
          for (int shift = 0; shift <= 16; shift += 8) {
            int around =
                channel(x - 1, y, shift)
                    + channel(x + 1, y, shift)
                    + channel(x, y - 1, shift)
                    + channel(x, y + 1, shift);
            sum += Math.abs(channel(x, y, shift) - around / 4.0);
          }
          differences[at++] = sum / 3;
        }
      }
      Arrays.sort(differences);
      return differences[differences.length / 2];
    }

    private int channel(int x, int y, int shift) {
      return (picture.getRGB(x, y) >> shift) & 0xff;
    }

    @Override
    public double outline() {
      if (Double.isNaN(outline)) {
        outline = new OutlineMeter().thickness(picture);
      }
      return outline;
    }

    @Override
    public Optional<Scene> scene() {
      return Optional.empty();
    }
  }
}
