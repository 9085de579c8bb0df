package dev.dualprocess.cli.demo;

import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.meter.EdgeMeter;
import dev.dualprocess.world.meter.HorizonMeter;
import dev.dualprocess.world.meter.TwoSegmentMeter;
import java.util.List;
import java.util.Optional;

/**
 * The demo's first task: the horizon should lie at a red line.
 *
 * @param position 0 is the top, 1 the bottom
 */
public record HorizonTask(double position) implements DemoTask {
  /** Where the line is if nobody says so. */
  public static final double POSITION = 0.3125;

  private static final HorizonMeter METER = new EdgeMeter();
  private static final HorizonMeter SECOND_METER = new TwoSegmentMeter();

  @Override
  public String name() {
    return "horizon";
  }

  @Override
  public String title() {
    return "The horizon at a line";
  }

  @Override
  public String says() {
    return "Every picture puts its horizon where you draw the line.";
  }

  @Override
  public String defaultPrompt() {
    return "a cartoon of the sea with boats at dawn";
  }

  @Override
  public List<String> alsoTaughtOn() {
    return List.of(
        "a photo of a snowy field with houses at noon",
        "a cartoon of a meadow with trees at sunset",
        "a photo of a desert with trees at night",
        "a cartoon of the sea at dawn");
  }

  @Override
  public List<String> unseenPrompts() {
    return List.of(
        "a photo of the sea at dawn",
        "a photo of a desert with mountains at night",
        "a photo of a meadow with houses at sunset",
        "a cartoon of a snowy field with trees at noon");
  }

  @Override
  public String question() {
    return VisualPrompt.horizon(position).defaultQuestion().orElseThrow();
  }

  @Override
  public Optional<VisualPrompt> visualPrompt() {
    return Optional.of(VisualPrompt.horizon(position));
  }

  @Override
  public Double target() {
    return (double) Math.round(position * Scene.SIDE);
  }

  @Override
  public PixelError error() {
    return offBy(METER);
  }

  @Override
  public Optional<PixelError> secondError() {
    return Optional.of(offBy(SECOND_METER));
  }

  private PixelError offBy(HorizonMeter meter) {
    return new PixelError("px", picture -> Math.abs(meter.horizon(picture) - target()));
  }

  @Override
  public List<Observation> observations() {
    return List.of(
        Observation.GROUND,
        Observation.SKY,
        Observation.SECOND_EDGES_BEFORE,
        Observation.SECOND_EDGES,
        Observation.VARIETY);
  }

  @Override
  public List<String> options() {
    return List.of("--horizon", Double.toString(position));
  }
}
