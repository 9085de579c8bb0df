package dev.dualprocess.cli.demo;

import dev.dualprocess.Prompt;
import dev.dualprocess.overlay.Annotation.Box;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.world.CompositionQuestion;
import dev.dualprocess.world.Frame;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.Things;
import dev.dualprocess.world.meter.ThingMeter;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One of the things that a text names should stand in a box.
 *
 * @param box where it should be
 */
public record CompositionTask(Box box) implements DemoTask {
  /** Where the box is if nobody says so: high on the left. */
  public static final Box BOX = new Box(0.11, 0.11, 0.31, 0.31);

  private static final double NEAR = 4; // px
  private static final ThingMeter METER = new ThingMeter();

  @Override
  public String name() {
    return "composition";
  }

  @Override
  public String title() {
    return "A house in a box";
  }

  @Override
  public String says() {
    return "One of the houses goes where you draw a box.";
  }

  @Override
  public String defaultPrompt() {
    return "a photo of a meadow with houses at noon";
  }

  @Override
  public List<String> alsoTaughtOn() {
    return List.of(
        "a cartoon of a desert with houses at sunset",
        "a photo of a snowy field with houses at dawn",
        "a cartoon of a meadow with houses at night");
  }

  @Override
  public List<String> unseenPrompts() {
    return List.of(
        "a photo of a desert with houses at noon",
        "a cartoon of a snowy field with houses at noon",
        "a photo of a meadow with houses at sunset");
  }

  @Override
  public String question() {
    return CompositionQuestion.of(Things.HOUSES);
  }

  /** About what the text names, where that stands in pairs. */
  @Override
  public Prompt prompt(String text, String answer) {
    String asked =
        Arrays.stream(Things.values())
            .filter(things -> things.inPairs() && text.contains(things.words()))
            .findFirst()
            .map(CompositionQuestion::of)
            .orElse(question());
    return Prompt.of(text).check(check(asked, answer));
  }

  @Override
  public Optional<VisualPrompt> visualPrompt() {
    return Optional.of(VisualPrompt.composition(Optional.empty(), List.of(box)));
  }

  @Override
  public String target() {
    return "%s,%s,%s,%s".formatted(box.x(), box.y(), box.width(), box.height());
  }

  private Frame wanted() {
    return new Frame(
        box.x() * Scene.SIDE,
        box.y() * Scene.SIDE,
        box.width() * Scene.SIDE,
        box.height() * Scene.SIDE);
  }

  /** Between the middles of the box and of the nearest thing. */
  @Override
  public PixelError error() {
    return new PixelError("px", this::away);
  }

  private double away(BufferedImage picture) {
    return Math.min(away(picture, true), away(picture, false));
  }

  private double away(BufferedImage picture, boolean left) {
    return METER
        .frame(picture, left)
        .map(wanted()::distance)
        .orElse((double) Scene.SIDE); // nothing stands there
  }

  @Override
  public List<Observation> observations() {
    return List.of(
        new Observation("inBoxBefore", "in box before", (before, after) -> inBox(before)),
        new Observation("inBox", "in box", (before, after) -> inBox(after)),
        Observation.GROUND,
        Observation.SKY,
        Observation.VARIETY);
  }

  private double inBox(List<BufferedImage> pictures) {
    return (double) pictures.stream().filter(picture -> away(picture) < NEAR).count()
        / pictures.size();
  }

  @Override
  public List<String> options() {
    return List.of("--composition", "box.json", "--question", "'" + question() + "'");
  }
}
