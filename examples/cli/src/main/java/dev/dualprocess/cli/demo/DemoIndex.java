package dev.dualprocess.cli.demo;

import com.google.common.io.Resources;
import com.samskivert.mustache.Mustache;
import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.image.ImageGrid;
import dev.dualprocess.image.Png;
import dev.dualprocess.run.Comparison;
import dev.dualprocess.weights.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One page of all tasks, and one picture of them. */
public record DemoIndex(List<DemoOutcome> outcomes) {
  /** The page. */
  public static final String PAGE = "index.html";

  private static final String PICTURE = "overview.png";
  private static final int SEEDS = 3;

  /**
   * Writes {@code index.html} and {@code overview.png}.
   *
   * @param out the folder that holds the tasks' folders
   * @throws IOException if it cannot be written
   */
  public void write(Path out) throws IOException {
    Png.write(out.resolve(PICTURE), picture(), Map.of());
    String template =
        Resources.toString(
            Resources.getResource(DemoIndex.class, "index.html"), StandardCharsets.UTF_8);
    AtomicFile.writeText(
        out.resolve(PAGE),
        Mustache.compiler()
            .compile(template)
            .execute(Map.of("tasks", outcomes.stream().map(DemoIndex::shown).toList())));
  }

  /** A row for each task: a seed as the verifier is shown it, some without, the same with. */
  private BufferedImage picture() {
    List<String> headings = new ArrayList<>(List.of("what is asked"));
    headings.addAll(Collections.nCopies(SEEDS, "without LoRA"));
    headings.addAll(Collections.nCopies(SEEDS, "with LoRA"));
    ImageGrid grid = new ImageGrid(headings);
    for (DemoOutcome outcome : outcomes) {
      Comparison taught = outcome.prompts().get(0).comparison();
      List<BufferedImage> pictures = new ArrayList<>();
      List<String> captions = new ArrayList<>();
      pictures.add(taught.before().get(0).shown());
      captions.add(outcome.task().title());
      for (List<Rated> side : List.of(taught.before(), taught.after())) {
        for (Rated rated : side.subList(0, Math.min(SEEDS, side.size()))) {
          pictures.add(rated.image());
          captions.add("seed " + rated.seed());
        }
      }
      grid.row(pictures, captions);
    }
    return grid.draw();
  }

  private static Map<String, Object> shown(DemoOutcome outcome) {
    DemoTask task = outcome.task();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("folder", task.name());
    map.put("title", task.title());
    map.put("says", task.says());
    map.put("asked", outcome.asked());
    map.put("steps", outcome.steps());
    map.put("seconds", number(outcome.seconds(), 0));
    map.put("unit", task.error().unit());
    map.put("observations", task.observations().stream().map(Observation::heading).toList());
    map.put("prompts", outcome.prompts().stream().map(DemoIndex::row).toList());
    return map;
  }

  private static Map<String, Object> row(MeasuredPrompt prompt) {
    Comparison comparison = prompt.comparison();
    Measured before = prompt.before();
    Measured after = prompt.after();
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("prompt", comparison.prompt());
    row.put("taught", comparison.trained());
    row.put(
        "picture",
        comparison.trained() ? "before-after.png" : "before-after-" + comparison.slug() + ".png");
    row.put("error", change(before.error(), after.error(), 2));
    row.put(
        "probability",
        change(
            Comparison.probability(comparison.before()),
            Comparison.probability(comparison.after()),
            2));
    row.put("tokenPattern", change(before.tokenPattern(), after.tokenPattern(), 1));
    row.put(
        "observed",
        prompt.observed().values().stream().map(share -> number(100 * share, 0)).toList());
    return row;
  }

  private static String change(double before, double after, int decimals) {
    return number(before, decimals) + " \u2192 " + number(after, decimals);
  }

  private static String number(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
