package dev.dualprocess.evaluate;

import dev.dualprocess.evaluate.JudgedPair.JudgedRow;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The scores of one row of the table on one category, or on all records.
 *
 * @param row which
 * @param category its name, or {@value #ALL}
 * @param records how many there are
 * @param pairwise the benchmark's score: the mean over records of the share of image pairs in which
 *     both support their own description and not the other's
 * @param perImage the share of single images that do
 * @param unparsable how many answers of the judge could not be read
 */
public record Score(
    Row row, String category, int records, double pairwise, double perImage, int unparsable) {
  /** In place of a category: every record. */
  public static final String ALL = "Average";

  /**
   * Row by row: each category by its name, then all records together.
   *
   * @throws IllegalArgumentException in one line, if a record was not judged for one of the rows
   */
  public static List<Score> of(List<JudgedPair> pairs, List<Row> rows) {
    List<Score> scores = new ArrayList<>();
    for (Row row : rows) {
      TreeMap<String, List<JudgedRow>> byCategory = new TreeMap<>();
      List<JudgedRow> all = new ArrayList<>();
      for (JudgedPair pair : pairs) {
        JudgedRow judged = row(pair, row);
        byCategory.computeIfAbsent(pair.pair().category(), c -> new ArrayList<>()).add(judged);
        all.add(judged);
      }
      byCategory.forEach((category, judged) -> scores.add(of(row, category, judged)));
      scores.add(of(row, ALL, all));
    }
    return scores;
  }

  private static JudgedRow row(JudgedPair pair, Row row) {
    return pair.rows().stream()
        .filter(judged -> judged.row() == row)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "records/%04d.json has no row '%s'; delete it to have the record judged again"
                        .formatted(pair.index(), row.title())));
  }

  private static Score of(Row row, String category, List<JudgedRow> judged) {
    return new Score(
        row,
        category,
        judged.size(),
        judged.stream().mapToDouble(JudgedRow::pairwise).average().orElseThrow(),
        judged.stream().mapToDouble(JudgedRow::perImage).average().orElseThrow(),
        judged.stream().mapToInt(JudgedRow::unparsable).sum());
  }
}
