package dev.dualprocess.cli.demo;

import dev.dualprocess.overlay.Annotation.Box;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.world.CompositionQuestion;
import dev.dualprocess.world.Frame;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.meter.GlowMeter;
import dev.dualprocess.world.meter.SunMeter;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The sun should stand in a box.
 *
 * @param box where it should be
 */
public record CompositionTask(Box box) implements DemoTask {
  /** Where the box is if nobody says so: high on the left. */
  public static final Box BOX = new Box(0.11, 0.1, 0.24, 0.24);

  private static final SunMeter METER = new SunMeter();
  private static final GlowMeter SECOND_METER = new GlowMeter();

  @Override
  public String name() {
    return "composition";
  }

  @Override
  public String title() {
    return "The sun in a box";
  }

  @Override
  public String says() {
    return "The sun goes where you draw a box.";
  }

  @Override
  public String defaultPrompt() {
    return "a photo of the sea with boats at sunset";
  }

  @Override
  public List<String> alsoTaughtOn() {
    return List.of(
        "a photo of a desert with trees at dawn",
        "a photo of a meadow at noon",
        "a photo of a snowy field with trees at night");
  }

  @Override
  public List<String> unseenPrompts() {
    return List.of(
        "a photo of the sea at dawn",
        "a photo of a desert at sunset",
        "a photo of a meadow with trees at sunset",
        "a photo of a snowy field at noon");
  }

  @Override
  public String question() {
    return CompositionQuestion.SUN;
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

  /** Between the middles of the box and of the sun. */
  @Override
  public PixelError error() {
    return away(METER::frame);
  }

  @Override
  public Optional<PixelError> secondError() {
    return Optional.of(away(SECOND_METER::frame));
  }

  private PixelError away(Function<BufferedImage, Optional<Frame>> meter) {
    return new PixelError(
        "px", picture -> meter.apply(picture).map(wanted()::distance).orElse((double) Scene.SIDE));
  }

  @Override
  public List<Observation> observations() {
    return List.of(
        new Observation("inBoxBefore", "in box before", (before, after) -> inBox(before)),
        new Observation("inBox", "in box", (before, after) -> inBox(after)),
        Observation.GROUND,
        Observation.SKY,
        Observation.HORIZON,
        Observation.VARIETY);
  }

  /** The share of pictures whose sun's middle lies in the box. */
  private double inBox(List<BufferedImage> pictures) {
    return Observation.share(
        pictures, picture -> METER.frame(picture).filter(wanted()::holdsMiddleOf).isPresent());
  }

  @Override
  public List<String> options() {
    return List.of("--composition", "box.json", "--question", "'" + question() + "'");
  }
}
