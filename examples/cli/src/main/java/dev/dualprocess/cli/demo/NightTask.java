package dev.dualprocess.cli.demo;

import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.world.ContentQuestion;
import dev.dualprocess.world.TimeOfDay;
import dev.dualprocess.world.meter.NightMeter;
import java.util.List;
import java.util.Optional;

/** A plain question without a drawing: is it night? */
public record NightTask() implements DemoTask {
  private static final NightMeter METER = new NightMeter();

  @Override
  public String name() {
    return "night";
  }

  @Override
  public String title() {
    return "Night";
  }

  @Override
  public String says() {
    return "A question alone, nothing drawn: the scene turns to night.";
  }

  @Override
  public String defaultPrompt() {
    return "a photo of a desert at noon";
  }

  @Override
  public List<String> alsoTaughtOn() {
    return List.of(
        "a cartoon of the sea at noon",
        "a photo of a snowy field at dawn",
        "a cartoon of a meadow at sunset");
  }

  @Override
  public List<String> unseenPrompts() {
    return List.of(
        "a photo of the sea at dawn",
        "a photo of a meadow with trees at sunset",
        "a cartoon of a snowy field with houses at noon");
  }

  @Override
  public String question() {
    return "Is it night?";
  }

  @Override
  public Optional<VisualPrompt> visualPrompt() {
    return Optional.empty();
  }

  @Override
  public String target() {
    return "a sky as dark as at night";
  }

  @Override
  public Optional<String> contentQuestion(String text) {
    return ContentQuestion.about(text, TimeOfDay.NIGHT);
  }

  @Override
  public PixelError error() {
    return new PixelError("of the way from noon to night", picture -> 1 - METER.night(picture));
  }

  @Override
  public List<Observation> observations() {
    return List.of(Observation.GROUND, Observation.HORIZON, Observation.OUTLINES);
  }

  @Override
  public List<String> options() {
    return List.of("--question", "'" + question() + "'");
  }
}
