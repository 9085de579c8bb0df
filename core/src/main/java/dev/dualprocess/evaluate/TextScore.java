package dev.dualprocess.evaluate;

import dev.dualprocess.evaluate.ScoredText.ScoredImage;
import dev.dualprocess.evaluate.ScoredText.ScoredRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The scores of one row of the table on one category, or on all.
 *
 * @param row which
 * @param category its name, or {@value Score#ALL}
 * @param texts how many there are
 * @param vqaScore mean over the images
 * @param shown the share of images that the verifier thinks show their text: of a score above 0.5
 */
public record TextScore(String row, String category, int texts, double vqaScore, double shown) {
  private static final double EVEN = 0.5;

  /**
   * Row by row: each category in the order of the file, then the mean over categories, which is how
   * GenEval's own {@code summary_scores.py} averages.
   */
  public static List<TextScore> of(List<ScoredText> texts) {
    Map<String, Map<String, List<ScoredRow>>> rows = new LinkedHashMap<>();
    for (ScoredText text : texts) {
      for (ScoredRow row : text.rows()) {
        rows.computeIfAbsent(row.row(), r -> new LinkedHashMap<>())
            .computeIfAbsent(text.text().category(), c -> new ArrayList<>())
            .add(row);
      }
    }
    List<TextScore> scores = new ArrayList<>();
    rows.forEach(
        (row, categories) -> {
          List<TextScore> own = new ArrayList<>();
          categories.forEach((category, drawn) -> own.add(of(row, category, drawn)));
          scores.addAll(own);
          scores.add(average(row, own));
        });
    return scores;
  }

  private static TextScore of(String row, String category, List<ScoredRow> drawn) {
    List<Double> all =
        drawn.stream().flatMap(each -> each.images().stream()).map(ScoredImage::vqaScore).toList();
    return new TextScore(
        row,
        category,
        drawn.size(),
        all.stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
        (double) all.stream().filter(score -> score > EVEN).count() / all.size());
  }

  private static TextScore average(String row, List<TextScore> categories) {
    return new TextScore(
        row,
        Score.ALL,
        categories.stream().mapToInt(TextScore::texts).sum(),
        categories.stream().mapToDouble(TextScore::vqaScore).average().orElseThrow(),
        categories.stream().mapToDouble(TextScore::shown).average().orElseThrow());
  }
}
