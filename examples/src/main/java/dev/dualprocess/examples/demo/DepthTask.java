package dev.dualprocess.examples.demo;

import dev.dualprocess.examples.world.meter.DepthMeter;
import dev.dualprocess.overlay.VisualPrompt;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Point A nearer than point B, by {@value #LEAD} rows of perspective or more.
 *
 * @param ax where A is across, 0 left to 1 right
 * @param ay where A is down, 0 top to 1 bottom
 * @param bx where B is across
 * @param by where B is down
 */
public record DepthTask(double ax, double ay, double bx, double by) implements DemoTask {
  private static final DepthMeter METER = new DepthMeter();
  private static final double LEAD = 4;

  @Override
  public String name() {
    return "depth";
  }

  @Override
  public String defaultPrompt() {
    return "a photo of a meadow with trees at noon";
  }

  @Override
  public List<String> unseenPrompts() {
    return List.of(
        "a photo of a desert with houses at noon",
        "a photo of the sea with boats at dawn",
        "a cartoon of a snowy field with trees at sunset");
  }

  @Override
  public String question() {
    return visualPrompt().flatMap(VisualPrompt::defaultQuestion).orElseThrow();
  }

  @Override
  public Optional<VisualPrompt> visualPrompt() {
    return Optional.of(VisualPrompt.depth(ax, ay, bx, by));
  }

  @Override
  public String target() {
    return "A at least %.0f rows nearer than B".formatted(LEAD);
  }

  @Override
  public PixelError error() {
    return new PixelError(
        "rows", picture -> Math.max(0, LEAD - METER.lead(picture, ax, ay, bx, by)));
  }

  @Override
  public List<String> options() {
    return List.of("--depth", String.format(Locale.ROOT, "%s,%s,%s,%s", ax, ay, bx, by));
  }
}
