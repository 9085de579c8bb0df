package dev.dualprocess.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.Splitter;
import dev.dualprocess.evaluate.JudgedPair.JudgedImage;
import dev.dualprocess.evaluate.JudgedPair.JudgedRow;
import dev.dualprocess.evaluate.JudgedPair.Side;
import dev.dualprocess.language.LanguageTasks.Verdict;
import dev.dualprocess.language.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scores of a hand-made set of answers against a table computed by hand. */
class ScoreTest {
  /** Answers of the images of one prompt: for each image one digit for each description. */
  private static Side side(String answers) {
    List<JudgedImage> images = new ArrayList<>();
    for (String image : Splitter.on(' ').split(answers)) {
      images.add(
          new JudgedImage(
              images.size(),
              "images/x-" + images.size() + ".png",
              List.of(verdict(image.charAt(0)), verdict(image.charAt(1)))));
    }
    return new Side("a text", List.of(), images);
  }

  private static Verdict verdict(char c) {
    return switch (c) {
      case '1' -> Verdict.FITS;
      case '0' -> Verdict.DOES_NOT_FIT;
      default -> Verdict.UNPARSABLE;
    };
  }

  private static JudgedPair pair(int index, String category, String first, String second) {
    return new JudgedPair(
        index,
        new PromptPair("p1", "p2, with <comma>", "d1", "d2", category, ""),
        List.of(new JudgedRow(Row.BASE, List.of(side(first), side(second)))),
        new Usage.Tally(32, 1, 100, 10));
  }

  /**
   * Prompt1's images support their description with 10, prompt2's with 01.
   *
   * <pre>
   *   record  first         second        pairs                 single images
   *   0       10 10 10 10   01 01 01 01   4 of 4                8 of 8
   *   1       10 10 11 00   01 11 01 01   1st only: 1 of 4      2 + 3 = 5 of 8
   *   2       10 ?0 1? 10   01 01 01 0?   1st only: 1 of 4      2 + 3 = 5 of 8, 3 unreadable
   *   3       01 01 01 01   10 10 10 10   0 of 4                0 of 8
   * </pre>
   */
  private static final List<JudgedPair> PAIRS =
      List.of(
          pair(0, "Daily Items", "10 10 10 10", "01 01 01 01"),
          pair(1, "Daily Items", "10 10 11 00", "01 11 01 01"),
          pair(2, "Physical Laws", "10 ?0 1? 10", "01 01 01 0?"),
          pair(3, "Physical Laws", "01 01 01 01", "10 10 10 10"));

  @Test
  void areThoseOfTheTable() {
    assertEquals(
        List.of(
            new Score(Row.BASE, "Daily Items", 2, (1 + 0.25) / 2, (1 + 0.625) / 2, 0),
            new Score(Row.BASE, "Physical Laws", 2, 0.125, 0.625 / 2, 3),
            new Score(Row.BASE, "Average", 4, 1.5 / 4, (1 + 0.625 + 0.625) / 4, 3)),
        Score.of(PAIRS, List.of(Row.BASE)));
  }

  @Test
  void theReportShowsThem(@TempDir Path folder) throws IOException {
    List<Score> scores = Score.of(PAIRS, List.of(Row.BASE));
    new BenchmarkReport("A title", PAIRS, 5, scores, new Usage.Rates(10, 100)).write(folder);
    List<String> csv = Files.readAllLines(folder.resolve("scores.csv"));
    assertEquals("row,category,records,pairwise,per_image,unparsable", csv.get(0));
    assertEquals("base,\"Physical Laws\",2,0.125,0.3125,3", csv.get(2));
    List<String> judgements = Files.readAllLines(folder.resolve("judgements.csv"));
    assertEquals(1 + 4 * 8, judgements.size());
    // The second image of record 2: nothing was read of description1.
    assertEquals("2,\"Physical Laws\",base,1,1,,0,0,images/x-1.png", judgements.get(18));
    String html = Files.readString(folder.resolve("report.html"));
    assertTrue(html.contains("4 of 5 records"), html);
    assertTrue(html.contains("p2, with &lt;comma&gt;"), html);
    assertTrue(html.contains("<td>37.5</td><td>56.3</td><td>3</td>"), html);
    assertTrue(
        html.contains("128 requests (4 asked again), 400 tokens read, 40 written, cost 0.0080"),
        html);
    assertEquals(32, html.split("<figure class", -1).length - 1);
    assertEquals(18, html.split("<figure class=\"good\"", -1).length - 1);
  }
}
