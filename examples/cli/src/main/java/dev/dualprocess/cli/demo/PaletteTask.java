package dev.dualprocess.cli.demo;

import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.world.meter.PaletteMeter;
import java.util.List;
import java.util.Optional;

/**
 * The task of the demo whose pictures should use the colours of a palette and no others.
 *
 * @param colors {@code #rrggbb,#rrggbb,...}
 */
public record PaletteTask(String colors) implements DemoTask {
  /** The colours if nobody says so. */
  public static final String COLORS = "#0b1f4b,#23407a,#5b7bb0,#f2e6c8";

  @Override
  public String name() {
    return "palette";
  }

  @Override
  public String title() {
    return "The colours of a palette";
  }

  @Override
  public String says() {
    return "Pictures take on the colours that you choose.";
  }

  @Override
  public String defaultPrompt() {
    return "a photo of a meadow at noon";
  }

  @Override
  public List<String> alsoTaughtOn() {
    return List.of(
        "a cartoon of the sea with boats at sunset",
        "a photo of a snowy field at dawn",
        "a cartoon of a desert at night",
        "a photo of a desert with houses at sunset",
        "a photo of a meadow with trees at dawn");
  }

  @Override
  public List<String> unseenPrompts() {
    return List.of(
        "a photo of the sea at noon",
        "a photo of a desert with trees at dawn",
        "a cartoon of a meadow with houses at sunset");
  }

  @Override
  public String question() {
    return VisualPrompt.palette(colors).defaultQuestion().orElseThrow();
  }

  @Override
  public Optional<VisualPrompt> visualPrompt() {
    return Optional.of(VisualPrompt.palette(colors));
  }

  @Override
  public String target() {
    return colors;
  }

  @Override
  public Optional<String> contentQuestion(String text) {
    return Optional.empty();
  }

  @Override
  public PixelError error() {
    return new PixelError("of the colour cube's edge", PaletteMeter.of(colors)::distance);
  }

  @Override
  public List<Observation> observations() {
    return List.of(Observation.HORIZON, Observation.OUTLINES);
  }

  @Override
  public List<String> options() {
    return List.of("--palette", "'" + colors + "'");
  }
}
