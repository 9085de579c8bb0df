package dev.dualprocess.examples.cli;

import dev.dualprocess.examples.demo.DemoTask;
import dev.dualprocess.examples.demo.DepthTask;
import dev.dualprocess.examples.demo.HorizonTask;
import dev.dualprocess.examples.demo.LineWeightTask;
import dev.dualprocess.examples.demo.NightTask;
import dev.dualprocess.examples.demo.PaletteTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which control the demo teaches; its own option says which value of it. */
final class DemoTaskOptions {
  /** The controls. */
  enum Control {
    HORIZON,
    PALETTE,
    LINE_WEIGHT,
    DEPTH,
    NIGHT;

    String option() {
      return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** What the bundled models have learnt. */
  private static final Set<Control> TAUGHT = Set.of(Control.HORIZON);

  /** Reads {@code line-weight} and the like. */
  static final class ControlConverter implements ITypeConverter<Control> {
    @Override
    public Control convert(String text) {
      for (Control control : Control.values()) {
        if (control.option().equals("--" + text)) {
          return control;
        }
      }
      throw new TypeConversionException(
          "'" + text + "' is none of horizon, palette, line-weight, depth, night");
    }
  }

  @Option(
      names = "--task",
      paramLabel = "TASK",
      converter = ControlConverter.class,
      description =
          "horizon, palette, line-weight, depth or night (default: the one whose option is given,"
              + " else horizon); the bundled models know the horizon only.")
  private Control control;

  @Option(
      names = "--horizon",
      paramLabel = "0..1",
      description = "Where the horizon should be, 0 top, 1 bottom (default: 0.3125).")
  private Double horizon;

  @Option(
      names = "--palette",
      paramLabel = "#hex,#hex,..",
      description = "The colours to use (default: #0b1f4b,#23407a,#5b7bb0,#f2e6c8).")
  private String palette;

  @Option(
      names = "--line-weight",
      paramLabel = "PX",
      description = "How thick outlines should be (default: 4).")
  private Double lineWeight;

  @Option(
      names = "--depth",
      paramLabel = "AX,AY,BX,BY",
      split = ",",
      description = "Point A should be nearer than point B (default: 0.28,0.55,0.72,0.55).")
  private List<Double> depth;

  /**
   * The task.
   *
   * @param bundled whether the bundled models are to learn it
   * @throws IllegalArgumentException in one line, if options do not go together, or if the bundled
   *     models know nothing of it
   */
  DemoTask task(boolean bundled) {
    List<Control> given = new ArrayList<>();
    note(given, horizon, Control.HORIZON);
    note(given, palette, Control.PALETTE);
    note(given, lineWeight, Control.LINE_WEIGHT);
    note(given, depth, Control.DEPTH);
    Control chosen = control != null ? control : given.isEmpty() ? Control.HORIZON : given.get(0);
    for (Control other : given) {
      if (other != chosen) {
        throw new IllegalArgumentException(
            "%s does not go with the task %s"
                .formatted(other.option(), chosen.option().substring(2)));
      }
    }
    if (bundled && !TAUGHT.contains(chosen)) {
      throw new IllegalArgumentException(
          "the bundled models know nothing of %s: use 'distill' with other models, or --models"
              .formatted(chosen.option().substring(2)));
    }
    return switch (chosen) {
      case HORIZON -> new HorizonTask(horizon == null ? 0.3125 : horizon);
      case PALETTE ->
          new PaletteTask(palette == null ? "#0b1f4b,#23407a,#5b7bb0,#f2e6c8" : palette);
      case LINE_WEIGHT -> new LineWeightTask(lineWeight == null ? 4 : lineWeight);
      case DEPTH -> depthTask();
      case NIGHT -> new NightTask();
    };
  }

  private static void note(List<Control> given, Object value, Control control) {
    if (value != null) {
      given.add(control);
    }
  }

  private DemoTask depthTask() {
    List<Double> places = depth == null ? List.of(0.28, 0.55, 0.72, 0.55) : depth;
    if (places.size() != 4) {
      throw new IllegalArgumentException(
          "--depth needs four numbers AX,AY,BX,BY, not " + places.size());
    }
    return new DepthTask(places.get(0), places.get(1), places.get(2), places.get(3));
  }
}
