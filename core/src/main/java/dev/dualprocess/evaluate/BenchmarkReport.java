package dev.dualprocess.evaluate;

import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import com.google.common.io.Resources;
import com.samskivert.mustache.Mustache;
import dev.dualprocess.evaluate.JudgedPair.JudgedImage;
import dev.dualprocess.evaluate.JudgedPair.JudgedRow;
import dev.dualprocess.evaluate.JudgedPair.Side;
import dev.dualprocess.language.LanguageTasks.Verdict;
import dev.dualprocess.language.Usage;
import dev.dualprocess.weights.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a run leaves for people and for spreadsheets: {@code report.html} with every image, {@code
 * scores.csv}, {@code judgements.csv}.
 *
 * @param title of the page
 * @param judged every record that was judged
 * @param records how many there are in all
 * @param scores row by row
 * @param rates what tokens cost
 */
public record BenchmarkReport(
    String title, List<JudgedPair> judged, int records, List<Score> scores, Usage.Rates rates) {

  /** What the language models were asked in all, resumed runs included. */
  public Usage.Tally asked() {
    return judged.stream().map(JudgedPair::asked).reduce(Usage.Tally.NONE, Usage.Tally::plus);
  }

  /** How many answers the judge gave in all. */
  public int answers() {
    return judgedRows().mapToInt(JudgedRow::answers).sum();
  }

  /** How many of them could not be read. */
  public int unreadable() {
    return judgedRows().mapToInt(JudgedRow::unparsable).sum();
  }

  private Stream<JudgedRow> judgedRows() {
    return judged.stream().flatMap(pair -> pair.rows().stream());
  }

  /** Writes the three files. */
  public void write(Path folder) throws IOException {
    AtomicFile.writeText(folder.resolve("report.html"), html());
    AtomicFile.writeText(
        folder.resolve("scores.csv"), csv(scores.stream().map(this::scoreRow).toList()));
    AtomicFile.writeText(folder.resolve("judgements.csv"), csv(judgements()));
  }

  private static String csv(List<Map<String, Object>> rows) throws IOException {
    CsvSchema.Builder schema = CsvSchema.builder();
    rows.get(0).keySet().forEach(schema::addColumn);
    return new CsvMapper().writer(schema.build().withHeader()).writeValueAsString(rows);
  }

  private Map<String, Object> scoreRow(Score score) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("row", score.row().title());
    row.put("category", score.category());
    row.put("records", score.records());
    row.put("pairwise", score.pairwise());
    row.put("per_image", score.perImage());
    row.put("unparsable", score.unparsable());
    return row;
  }

  private List<Map<String, Object>> judgements() {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (JudgedPair pair : judged) {
      for (JudgedRow row : pair.rows()) {
        for (int side = 0; side < 2; side++) {
          for (int i = 0; i < row.sides().get(side).images().size(); i++) {
            rows.add(judgement(pair, row, side, i));
          }
        }
      }
    }
    return rows;
  }

  private static Map<String, Object> judgement(JudgedPair pair, JudgedRow row, int side, int i) {
    Side shown = row.sides().get(side);
    JudgedImage image = shown.images().get(i);
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("record", pair.index());
    map.put("category", pair.pair().category());
    map.put("row", row.row().title());
    map.put("prompt", side + 1);
    map.put("seed", image.seed());
    map.put("fits_description1", digit(image.verdicts().get(0)));
    map.put("fits_description2", digit(image.verdicts().get(1)));
    map.put("supports_own", shown.supported(i, side) ? 1 : 0);
    map.put("image", image.file());
    return map;
  }

  private static String digit(Verdict verdict) {
    return switch (verdict) {
      case FITS -> "1";
      case DOES_NOT_FIT -> "0";
      case UNPARSABLE -> "";
    };
  }

  private String html() throws IOException {
    String template =
        Resources.toString(
            Resources.getResource(BenchmarkReport.class, "report.html"), StandardCharsets.UTF_8);
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("title", title);
    page.put("judged", judged.size());
    page.put("records", records);
    page.put("asked", asked().line(rates));
    page.put("scores", scores.stream().map(BenchmarkReport::shown).toList());
    page.put("pairs", judged.stream().map(BenchmarkReport::shown).toList());
    return Mustache.compiler().compile(template).execute(page);
  }

  private static Map<String, Object> shown(Score score) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("row", score.row().title());
    map.put("category", score.category());
    map.put("all", score.category().equals(Score.ALL));
    map.put("records", score.records());
    map.put("pairwise", percent(score.pairwise()));
    map.put("perImage", percent(score.perImage()));
    map.put("unparsable", score.unparsable());
    return map;
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%.1f", 100 * part);
  }

  private static Map<String, Object> shown(JudgedPair pair) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (JudgedRow row : pair.rows()) {
      List<Map<String, Object>> sides = new ArrayList<>();
      for (int side = 0; side < 2; side++) {
        sides.add(shown(pair, row.sides().get(side), side));
      }
      rows.add(Map.of("row", row.row().title(), "sides", sides, "score", percent(row.pairwise())));
    }
    return Map.of(
        "index",
        pair.index(),
        "category",
        pair.pair().category(),
        "rows",
        rows,
        "pair",
        pair.pair());
  }

  private static Map<String, Object> shown(JudgedPair pair, Side side, int which) {
    List<Map<String, Object>> images = new ArrayList<>();
    for (int i = 0; i < side.images().size(); i++) {
      JudgedImage image = side.images().get(i);
      images.add(
          Map.of(
              "file", image.file(),
              "good", side.supported(i, which),
              "own", said(image.verdicts().get(which)),
              "other", said(image.verdicts().get(1 - which))));
    }
    return Map.of(
        "text", side.text(),
        "description", pair.pair().description(which),
        "questions", side.questions(),
        "images", images);
  }

  private static String said(Verdict verdict) {
    return switch (verdict) {
      case FITS -> "fits";
      case DOES_NOT_FIT -> "does not fit";
      case UNPARSABLE -> "unreadable";
    };
  }
}
