package dev.dualprocess.cli;

import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.cli.drawing.LoadedLoras;
import dev.dualprocess.evaluate.ScoredText;
import dev.dualprocess.evaluate.TextScore;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.weights.AtomicFile;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Whether texts are scored by VQAScore, with what, and what is told of it. */
final class VqaScoreOptions {
  @Option(
      names = "--vqascore",
      description =
          "Draw the records' texts and score them by VQAScore (arXiv 2404.01291): the verifier judges,"
              + " no language model is asked, nothing is distilled.")
  private boolean vqascore;

  @Option(
      names = "--lora",
      paramLabel = "FILE[:SCALE]",
      converter = LoraOption.Converter.class,
      description = "With --vqascore: draw with this LoRA too; several are attached together.")
  private List<LoraOption> loras = new ArrayList<>();

  /**
   * Whether texts are scored.
   *
   * @throws IllegalArgumentException in one line, if the options do not go together
   */
  boolean wanted(LanguageOptions language) {
    if (!vqascore && !loras.isEmpty()) {
      throw new IllegalArgumentException(
          "--lora is for --vqascore; without it, evaluate distils its LoRAs itself");
    }
    if (vqascore && language.given()) {
      throw new IllegalArgumentException(
          "--vqascore has the --verifier judge: leave out --judge and --assistant");
    }
    return vqascore;
  }

  /** The LoRAs' files, read. */
  LoadedLoras loaded() throws IOException {
    LoadedLoras loaded = new LoadedLoras();
    try {
      for (LoraOption lora : loras) {
        loaded.load(lora.file(), lora.weight());
      }
      return loaded;
    } catch (IOException | RuntimeException e) {
      loaded.close();
      throw e;
    }
  }

  /** Writes {@code scores.csv}, {@code vqascores.csv} and {@code results.json}, and prints them. */
  void report(
      List<ScoredText> texts, int total, List<String> judges, RunFolder folder, Console console)
      throws IOException {
    if (texts.isEmpty()) {
      console.say("No text was scored to its end.");
      return;
    }
    List<TextScore> scores = TextScore.of(texts);
    write(folder, "scores.csv", TextScore.class, scores);
    write(folder, "vqascores.csv", ImageLine.class, ImageLine.of(texts));
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("task", "vqascore");
    results.put("texts", total);
    results.put("scored", texts.size());
    results.put("judgedBy", judges);
    results.put("scores", scores);
    folder.writeResults(results);
    console.event("done", results);
    console.say("%-6s %-24s %8s %10s %9s", "", "", "texts", "VQAScore", "shown, %");
    for (TextScore score : scores) {
      console.say(
          "%-6s %-24s %8d %10.4f %9.1f",
          score.row(), score.category(), score.texts(), score.vqaScore(), 100 * score.shown());
    }
    console.say(
        "Judged by %s, a vision-language model, not by GenEval's object detector: compare only what"
            + " the same judge has scored.",
        String.join(", ", judges));
  }

  /** One line for each record, its components in their order. */
  private static <T extends Record> void write(
      RunFolder folder, String name, Class<T> type, List<T> lines) throws IOException {
    CsvMapper mapper = new CsvMapper();
    String[] columns =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getName)
            .toArray(String[]::new);
    CsvSchema schema = mapper.schemaFor(type).sortedBy(columns).withHeader();
    AtomicFile.writeText(
        folder.path().resolve(name), mapper.writer(schema).writeValueAsString(lines));
  }

  /** An image as a line of {@code vqascores.csv}. */
  record ImageLine(
      int text,
      String category,
      String prompt,
      String row,
      long seed,
      double vqaScore,
      String image) {
    static List<ImageLine> of(List<ScoredText> texts) {
      return texts.stream()
          .flatMap(
              text ->
                  text.rows().stream()
                      .flatMap(
                          row ->
                              row.images().stream()
                                  .map(
                                      image ->
                                          new ImageLine(
                                              text.index(),
                                              text.text().category(),
                                              text.text().prompt(),
                                              row.row(),
                                              image.seed(),
                                              image.vqaScore(),
                                              image.file()))))
          .toList();
    }
  }
}
