package dev.dualprocess.studio.jobs;

import dev.dualprocess.distill.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Steps as columns, which is how a page draws them. Not thread-safe. */
public final class Reports {
  private final List<Integer> step = new ArrayList<>();
  private final List<Double> loss = new ArrayList<>();
  private final List<Double> gradientNorm = new ArrayList<>();
  private final List<Double> seconds = new ArrayList<>();
  private final List<List<Double>> probabilities = new ArrayList<>();

  /** Adds a step. */
  public void add(StepReport report) {
    add(
        report.step(),
        report.loss(),
        report.probabilities(),
        report.gradientNorm(),
        report.seconds());
  }

  private void add(int at, double l, List<Double> probability, double norm, double took) {
    step.add(at);
    loss.add(l);
    gradientNorm.add(norm);
    seconds.add(took);
    for (int i = 0; i < probability.size(); i++) {
      if (probabilities.size() == i) {
        probabilities.add(new ArrayList<>());
      }
      probabilities.get(i).add(probability.get(i));
    }
  }

  /** How many steps there are. */
  public int size() {
    return step.size();
  }

  /** The columns by name; {@code probabilities} has one for each check. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("step", List.copyOf(step));
    map.put("loss", List.copyOf(loss));
    map.put("gradientNorm", List.copyOf(gradientNorm));
    map.put("seconds", List.copyOf(seconds));
    map.put("probabilities", probabilities.stream().map(List::copyOf).toList());
    return map;
  }

  /** The steps that a run's {@code losses.csv} tells of; none where there is no such file. */
  public static Reports read(Path folder) {
    Reports reports = new Reports();
    try {
      List<String> lines = Files.readAllLines(folder.resolve("losses.csv"));
      List<String> names = Arrays.asList(lines.get(0).split(",", -1));
      int norm = names.indexOf("gradient_norm");
      for (String line : lines.subList(1, lines.size())) {
        List<Double> n = Arrays.stream(line.split(",", -1)).map(Double::valueOf).toList();
        reports.add(
            n.get(0).intValue(), n.get(3), n.subList(4, norm), n.get(norm), n.get(norm + 1));
      }
    } catch (IOException | RuntimeException e) {
      return new Reports();
    }
    return reports;
  }
}
