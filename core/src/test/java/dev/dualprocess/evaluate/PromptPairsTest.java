package dev.dualprocess.evaluate;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The benchmark's records in their two forms, and the bundled ones. */
class PromptPairsTest {
  private static final String ONE =
      """
      {"prompt1": "a", "prompt2": "b", "description1": "dry\\n warm \\n", "description2": ["wet", "cold"],
       "category": "Physical Laws", "likelihood": 4}
      """
          .replace("\n ", " ");

  @Test
  void readsAnArrayAndLines() throws IOException {
    PromptPair wanted = new PromptPair("a", "b", "dry, warm", "wet, cold", "Physical Laws", "4");
    assertEquals(List.of(wanted, wanted), PromptPairs.parse(ONE + ONE, "x"));
    assertEquals(List.of(wanted, wanted), PromptPairs.parse("[" + ONE + "," + ONE + "]", "x"));
  }

  @Test
  void refusesWhatIsBroken() {
    assertRefused(IOException.class, () -> PromptPairs.parse("", "x.json"), "x.json: no records");
    assertRefused(
        IOException.class,
        () -> PromptPairs.parse(ONE + "{\"prompt1\": \"a\"}", "x.json"),
        "x.json, record 2: no 'prompt2'");
    assertRefused(IOException.class, () -> PromptPairs.parse(ONE + "{oops", "x.json"), "x.json");
    assertRefused(IOException.class, () -> PromptPairs.read("no-such.json"), "no such file");
  }

  @Test
  void theBundledRecordsCoverThePapersCategories() throws IOException {
    List<PromptPair> sample = PromptPairs.read(PromptPairs.SAMPLE);
    assertTrue(sample.size() >= 20, "only " + sample.size());
    assertEquals(
        Set.of(
            "Animal Behaviors",
            "Biological Laws",
            "Daily Items",
            "Human Practices",
            "Physical Laws"),
        sample.stream().map(PromptPair::category).collect(Collectors.toSet()));
    Set<String> texts = new HashSet<>();
    for (PromptPair pair : sample) {
      assertTrue(texts.add(pair.prompt1()), pair.prompt1());
      assertTrue(texts.add(pair.prompt2()), pair.prompt2());
    }
  }
}
