package dev.dualprocess.cli;

import dev.dualprocess.cli.demo.CompositionTask;
import dev.dualprocess.cli.demo.DemoTask;
import dev.dualprocess.cli.demo.DepthTask;
import dev.dualprocess.cli.demo.HorizonTask;
import dev.dualprocess.cli.demo.LineWeightTask;
import dev.dualprocess.cli.demo.NightTask;
import dev.dualprocess.cli.demo.PaletteTask;
import dev.dualprocess.overlay.Annotation.Box;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which control the demo teaches; its own option says which value of it. */
final class DemoTaskOptions {
  /** The controls that can be taught, as {@code --task} names them. */
  enum Control {
    HORIZON,
    PALETTE,
    LINE_WEIGHT,
    NIGHT,
    DEPTH,
    COMPOSITION,
    /** All that the bundled models know, one after the other. */
    ALL;

    String option() {
      return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

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
          "'"
              + text
              + "' is none of horizon, palette, line-weight, night, depth, composition, all");
    }
  }

  @Option(
      names = "--task",
      paramLabel = "TASK",
      converter = ControlConverter.class,
      description =
          "horizon, palette, line-weight, night, depth, composition, or all of these (default: the one"
              + " whose option is given, else horizon).")
  private @Nullable Control control;

  @Option(
      names = "--horizon",
      paramLabel = "0..1",
      description = "Where the horizon should be, 0 top, 1 bottom (default: 0.3125).")
  private @Nullable Double horizon;

  @Option(
      names = "--palette",
      paramLabel = "#hex,#hex,..",
      description = "The colours to use (default: #0b1f4b,#23407a,#5b7bb0,#f2e6c8).")
  private @Nullable String palette;

  @Option(
      names = "--line-weight",
      paramLabel = "PX",
      description = "How thick outlines should be (default: 4).")
  private @Nullable Double lineWeight;

  @Option(
      names = "--depth",
      paramLabel = "AX,AY,BX,BY",
      split = ",",
      description =
          "Points A and B, from 0 (left, top) to 1 (right, bottom), A to be nearer (default:"
              + " 0.27,0.53,0.73,0.53).")
  private @Nullable List<Double> depth;

  @Option(
      names = "--box",
      paramLabel = "X,Y,WIDTH,HEIGHT",
      split = ",",
      description =
          "Where the sun should be, from 0 to 1 (default of the composition: 0.11,0.1,0.24,0.24).")
  private @Nullable List<Double> box;

  /**
   * The tasks that the options ask for: one, or all.
   *
   * @throws IllegalArgumentException in one line, if options do not go together
   */
  List<DemoTask> tasks() {
    List<Control> given = new ArrayList<>();
    note(given, horizon, Control.HORIZON);
    note(given, palette, Control.PALETTE);
    note(given, lineWeight, Control.LINE_WEIGHT);
    note(given, depth, Control.DEPTH);
    note(given, box, Control.COMPOSITION);
    Control chosen = control != null ? control : given.isEmpty() ? Control.HORIZON : given.get(0);
    if (chosen == Control.ALL) {
      return Arrays.stream(Control.values())
          .filter(each -> each != Control.ALL)
          .map(this::task)
          .toList();
    }
    for (Control other : given) {
      if (other != chosen) {
        throw new IllegalArgumentException(
            "%s does not go with the task %s"
                .formatted(
                    other == Control.COMPOSITION ? "--box" : other.option(),
                    chosen.option().substring(2)));
      }
    }
    return List.of(task(chosen));
  }

  private DemoTask task(Control of) {
    return switch (of) {
      case HORIZON -> new HorizonTask(horizon == null ? HorizonTask.POSITION : horizon);
      case PALETTE -> new PaletteTask(palette == null ? PaletteTask.COLORS : palette);
      case LINE_WEIGHT ->
          new LineWeightTask(lineWeight == null ? LineWeightTask.PIXELS : lineWeight);
      case NIGHT -> new NightTask();
      case DEPTH -> depth == null ? DepthTask.DEFAULT : depth(four("--depth", depth));
      case COMPOSITION ->
          new CompositionTask(box == null ? CompositionTask.BOX : box(four("--box", box)));
      case ALL -> throw new IllegalArgumentException("all are more than one task");
    };
  }

  private static DepthTask depth(List<Double> n) {
    return new DepthTask(n.get(0), n.get(1), n.get(2), n.get(3));
  }

  private static Box box(List<Double> n) {
    return new Box(n.get(0), n.get(1), n.get(2), n.get(3));
  }

  private static List<Double> four(String option, List<Double> numbers) {
    if (numbers.size() != 4) {
      throw new IllegalArgumentException(
          "%s needs four numbers, not %d".formatted(option, numbers.size()));
    }
    return numbers;
  }

  private static void note(List<Control> given, @Nullable Object value, Control control) {
    if (value != null) {
      given.add(control);
    }
  }
}
