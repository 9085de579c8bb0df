package dev.dualprocess.cli.demo;

import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.world.Frame;
import dev.dualprocess.world.SceneRenderer;
import dev.dualprocess.world.meter.DepthMeter;
import dev.dualprocess.world.meter.ThingMeter;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What is seen at point A should be nearer than what is seen at point B. Places are from 0 (left,
 * top) to 1 (right, bottom).
 *
 * @param ax where A is across
 * @param ay where A is down
 * @param bx where B is across
 * @param by where B is down
 */
public record DepthTask(double ax, double ay, double bx, double by) implements DemoTask {
  /** With A on the left and B on the right thing. */
  public static final DepthTask DEFAULT = new DepthTask(0.27, 0.53, 0.73, 0.53);

  private static final double CLEAR = 2; // rows by which A has to be nearer
  private static final double MIDDLE = 0.5;
  private static final DepthMeter METER = new DepthMeter();
  private static final ThingMeter SECOND_METER = new ThingMeter();

  @Override
  public String name() {
    return "depth";
  }

  @Override
  public String title() {
    return "A nearer than B";
  }

  @Override
  public String says() {
    return "What stands at one point comes nearer than what stands at another.";
  }

  @Override
  public String defaultPrompt() {
    return "a photo of a meadow with houses at noon, a horizon in the middle";
  }

  @Override
  public List<String> alsoTaughtOn() {
    return List.of(
        "a cartoon of the sea with boats at dawn, a horizon in the middle",
        "a photo of a snowy field with houses at sunset, a horizon in the middle",
        "a cartoon of a desert with houses at noon, a horizon in the middle");
  }

  @Override
  public List<String> unseenPrompts() {
    return List.of(
        "a photo of the sea with boats at noon, a horizon in the middle",
        "a photo of a desert with houses at dawn, a horizon in the middle",
        "a cartoon of a meadow with houses at sunset, a horizon in the middle");
  }

  @Override
  public String question() {
    return drawing().defaultQuestion().orElseThrow();
  }

  private VisualPrompt drawing() {
    return VisualPrompt.depth(ax, ay, bx, by);
  }

  @Override
  public Optional<VisualPrompt> visualPrompt() {
    return Optional.of(drawing());
  }

  @Override
  public String target() {
    return "A nearer than B by %s rows".formatted(CLEAR);
  }

  @Override
  public PixelError error() {
    return shortOfClear(this::lead);
  }

  /** By the sizes of the two things, where the points are in different halves. */
  @Override
  public Optional<PixelError> secondError() {
    return left(ax) == left(bx) ? Optional.empty() : Optional.of(shortOfClear(this::leadBySizes));
  }

  private static PixelError shortOfClear(ToDoubleFunction<BufferedImage> lead) {
    return new PixelError(
        "rows short of a clear lead", picture -> Math.max(0, CLEAR - lead.applyAsDouble(picture)));
  }

  private double lead(BufferedImage picture) {
    return METER.lead(picture, ax, ay, bx, by);
  }

  private double leadBySizes(BufferedImage picture) {
    return nearness(picture, left(ax)) - nearness(picture, left(bx));
  }

  private static double nearness(BufferedImage picture, boolean left) {
    return SECOND_METER.frame(picture, left).map(Frame::height).orElse(0.0)
        / SceneRenderer.HEIGHT_PER_NEARNESS;
  }

  private static boolean left(double x) {
    return x < MIDDLE;
  }

  @Override
  public List<Observation> observations() {
    return List.of(
        new Observation("rightBefore", "right before", (before, after) -> right(before)),
        new Observation("right", "right", (before, after) -> right(after)),
        Observation.GROUND,
        Observation.SKY,
        Observation.HORIZON);
  }

  /** The share of pictures in which A is clearly nearer. */
  private double right(List<BufferedImage> pictures) {
    return Observation.share(pictures, picture -> lead(picture) >= CLEAR);
  }

  @Override
  public List<String> options() {
    return List.of("--depth", "%s,%s,%s,%s".formatted(ax, ay, bx, by));
  }
}
