package dev.dualprocess.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.LoggedLines;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of a prompt, once. */
class PromptWarningsTest {
  private final PromptWarnings warnings = new PromptWarnings();

  private void assertTold(String line, List<String> logged) {
    assertEquals(1, logged.size(), logged::toString);
    assertTrue(logged.get(0).endsWith(" - " + line), logged.get(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a (red:1.2) cat | (red:1.2)",
        "(a very big house:.5) | (a very big house:.5)",
        "a ((red)) cat | ((red))",
        "(word:2)|(word:2)"
      })
  void weightsAreNotRead(String prompt, String found) throws Exception {
    List<String> logged =
        LoggedLines.warnings(
            () -> {
              warnings.notation(prompt);
              warnings.notation(prompt);
            });
    assertTold(
        "weights in prompts are not read: '%s' is taken as it is written; say in words what matters"
            .formatted(found),
        logged);
  }

  @Test
  void aLoraInThePromptIsNotRead() throws Exception {
    assertTold(
        "a LoRA in the prompt is not read: '<lora:film:0.8>' is taken as it is written; give its"
            + " file with --lora",
        LoggedLines.warnings(() -> warnings.notation("a cat <lora:film:0.8>")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a picture (16:9)",
        "a clock (at 10:30)",
        "a cat (red) on a mat [blue]",
        "a sign (it says: 12)",
        "f((x) + (y))",
        "x < 3 and y > 2"
      })
  void otherBracketsAreText(String prompt) throws Exception {
    assertEquals(List.of(), LoggedLines.warnings(() -> warnings.notation(prompt)));
  }

  private static Tokenizer tokenizer(String name) throws Exception {
    return Tokenizer.open(
        Fixtures.path(Fixtures.json("tokenizers/" + name + ".json").get("tokenizer_dir").asText()));
  }

  @Test
  void lostWordsAreToldOnceForEachText() throws Exception {
    try (Tokenizer clip = tokenizer("clip")) {
      int length = clip.encode("a photo of a cat").length;
      List<String> logged =
          LoggedLines.warnings(
              () -> {
                for (int i = 0; i < 3; i++) {
                  warnings.cut("CLIP", clip, "a photo of a cat", length, "then");
                  warnings.cut("CLIP", clip, "a photo of a cat ON\na Mat", length, "then");
                }
              });
      assertTold(
          "the prompt is longer than the %d tokens that CLIP reads; it does not see 'ON a Mat': then"
              .formatted(length),
          logged);
    }
  }

  @Test
  void aLongLossIsShortened() throws Exception {
    try (Tokenizer t5 = tokenizer("t5")) {
      int length = t5.encode("a cat").length;
      String lost = "and a dog ".repeat(30) + "the end";
      assertTold(
          ("the prompt is longer than the %d tokens that T5 reads; it does not see '%s ...' and 187"
                  + " more characters, up to '%s': shorten the prompt")
              .formatted(length, lost.substring(0, 60), lost.substring(lost.length() - 60)),
          LoggedLines.warnings(
              () -> warnings.cut("T5", t5, "a cat " + lost, length, "shorten the prompt")));
    }
  }
}
