package dev.dualprocess.evaluate;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.evaluate.JudgedPair.JudgedImage;
import dev.dualprocess.evaluate.JudgedPair.JudgedRow;
import dev.dualprocess.evaluate.JudgedPair.Side;
import dev.dualprocess.language.LanguageTasks.Verdict;
import dev.dualprocess.language.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The records of a run as they come back, and spoilt ones that the soak has found. */
class JudgedRecordsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String BROKEN =
      "0000.json: not a judged record; delete it to have it judged";

  @TempDir Path folder;

  private static JudgedPair judged() throws IOException {
    List<Verdict> verdicts = List.of(Verdict.FITS, Verdict.DOES_NOT_FIT);
    JudgedImage image = new JudgedImage(1, "images/one.png", verdicts);
    Side side = new Side("a cat", List.of("Is it a cat?"), List.of(image));
    PromptPair pair = PromptPairs.read(PromptPairs.SAMPLE).get(0);
    JudgedRow row = new JudgedRow(Row.BASE, List.of(side, side));
    return new JudgedPair(0, pair, List.of(row), new Usage().tally());
  }

  @Test
  void whatWasWrittenComesBack() throws IOException {
    JudgedRecords.ofPairs(folder).write(judged());
    assertEquals(judged(), JudgedRecords.ofPairs(folder).read(0).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    "/pair, null",
    "/pair/category, null",
    "/asked, null",
    "/index, 7",
    "/rows, null",
    "/rows/0/row, null",
    "/rows/0/sides, []",
    "/rows/0/sides/0/images, []",
    "/rows/0/sides/1/images/0/verdicts, []",
    "/rows/0/sides/1/images/0/file, null",
    "/rows/0/sides/1/images/0/verdicts, '[\"FITS\",\"FITS\",\"FITS\"]'",
  })
  void aSpoiltRecordIsRefused(String place, String value) throws IOException {
    JsonNode root = MAPPER.valueToTree(judged());
    JsonPointer at = JsonPointer.compile(place);
    ((ObjectNode) root.at(at.head())).set(at.last().getMatchingProperty(), MAPPER.readTree(value));
    Path records = Files.createDirectories(folder.resolve("records"));
    Files.writeString(records.resolve("0000.json"), root.toString());
    assertRefused(IOException.class, () -> JudgedRecords.ofPairs(folder).read(0), BROKEN);
  }

  @Test
  void aRecordWithoutTheRowIsNamed() throws IOException {
    List<JudgedPair> judged = List.of(judged());
    assertRefused(
        IllegalArgumentException.class,
        () -> Score.of(judged, List.of(Row.EXPANDED)),
        "records/0000.json has no row",
        "delete it");
  }
}
