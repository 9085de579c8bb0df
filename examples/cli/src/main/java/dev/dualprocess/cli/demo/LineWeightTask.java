package dev.dualprocess.cli.demo;

import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.world.meter.OutlineMeter;
import java.util.List;
import java.util.Optional;

/**
 * Outlines as thick as a red line.
 *
 * @param pixels how thick
 */
public record LineWeightTask(double pixels) implements DemoTask {
  /** The thickness if nobody says so. */
  public static final double PIXELS = 4;

  private static final OutlineMeter METER = new OutlineMeter();

  @Override
  public String name() {
    return "line-weight";
  }

  @Override
  public String title() {
    return "Outlines as thick as a line";
  }

  @Override
  public String says() {
    return "Outlines become as thick as the line that you draw.";
  }

  @Override
  public String defaultPrompt() {
    return "a cartoon of a meadow at noon";
  }

  @Override
  public List<String> alsoTaughtOn() {
    return List.of(
        "a cartoon of the sea at sunset",
        "a cartoon of a snowy field with houses at dawn",
        "a cartoon of a desert with trees at noon");
  }

  @Override
  public List<String> unseenPrompts() {
    return List.of(
        "a cartoon of a desert at dawn",
        "a cartoon of the sea with boats at noon",
        "a cartoon of a snowy field with trees at sunset");
  }

  @Override
  public String question() {
    return VisualPrompt.lineWeight(pixels).defaultQuestion().orElseThrow();
  }

  @Override
  public Optional<VisualPrompt> visualPrompt() {
    return Optional.of(VisualPrompt.lineWeight(pixels));
  }

  @Override
  public Double target() {
    return (double) Math.max(1, Math.round(pixels));
  }

  @Override
  public PixelError error() {
    return new PixelError("px", picture -> Math.abs(METER.thickness(picture) - target()));
  }

  @Override
  public List<Observation> observations() {
    return List.of(Observation.GROUND, Observation.SKY, Observation.HORIZON);
  }

  @Override
  public List<String> options() {
    return List.of("--line-weight", Double.toString(pixels));
  }
}
