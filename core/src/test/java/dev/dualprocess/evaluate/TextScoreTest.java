package dev.dualprocess.evaluate;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.Question;
import dev.dualprocess.evaluate.ScoredText.ScoredImage;
import dev.dualprocess.evaluate.ScoredText.ScoredRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scores against a table computed by hand, and texts as they are read. */
class TextScoreTest {
  private static ScoredRow row(String row, double... scores) {
    return new ScoredRow(
        row, Arrays.stream(scores).mapToObj(s -> new ScoredImage(0, "images/x.png", s)).toList());
  }

  private static ScoredText text(int index, String category, ScoredRow... rows) {
    return new ScoredText(index, new TextToShow("p", "p", category), List.of(rows));
  }

  @Test
  void theAverageIsOverCategoriesAsGenEvalTakesIt() {
    List<TextScore> scores =
        TextScore.of(
            List.of(
                text(0, "counting", row("base", 0.9, 0.5), row("lora", 1, 1)),
                text(1, "colors", row("base", 0.25, 0.75), row("lora", 0, 1)),
                text(2, "counting", row("base", 0.6, 0), row("lora", 1, 0.8))));
    assertEquals(
        List.of(
            new TextScore("base", "counting", 2, 0.5, 0.5),
            new TextScore("base", "colors", 1, 0.5, 0.5),
            new TextScore("base", "Average", 3, 0.5, 0.5),
            new TextScore("lora", "counting", 2, 0.95, 1),
            new TextScore("lora", "colors", 1, 0.5, 0.5),
            new TextScore("lora", "Average", 3, 0.725, 0.75)),
        scores);
  }

  @Test
  void genEvalsPromptsAreAllThere() throws IOException {
    List<TextToShow> texts = TextToShow.read(TextToShow.GENEVAL);
    assertEquals(553, texts.size());
    assertEquals(
        "{color_attr=100, colors=94, counting=80, position=100, single_object=80, two_object=99}",
        texts.stream()
            .collect(
                Collectors.groupingBy(
                    TextToShow::category, java.util.TreeMap::new, Collectors.counting()))
            .toString());
    assertEquals(
        new TextToShow("a photo of a bench", "a photo of a bench", "single_object"), texts.get(0));
  }

  @Test
  void pairsAreScoredByTheirDescriptions() throws IOException {
    PromptPair first = PromptPairs.read(PromptPairs.SAMPLE).get(0);
    List<TextToShow> texts = TextToShow.read(PromptPairs.SAMPLE);
    assertEquals(50, texts.size());
    assertEquals(
        new TextToShow(first.prompt2(), first.description2(), first.category()), texts.get(1));
  }

  @Test
  void aRecordWithoutPromptIsNamed(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("texts.jsonl"), "{\"tag\": \"colors\"}");
    assertRefused(
        IOException.class, () -> TextToShow.read(file.toString()), "record 1", "no 'prompt'");
  }

  /** Word for word what t2v_metrics asks Qwen2.5-VL. */
  @Test
  void theQuestionIsThatOfVqaScore() {
    assertEquals(
        new Question("Does this figure show \"a red cube\"? Please answer Yes or No.", "Yes"),
        VqaScore.question("a red cube"));
  }
}
