package dev.dualprocess;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.overlay.VisualPrompt;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A text and its checks. */
class PromptTest {
  @Test
  void checksKeepTheirOrderAndEarlierPromptsStayAsTheyWere() {
    VisualPrompt line = VisualPrompt.horizon(0.25);
    Prompt bare = Prompt.of("a desert");
    Prompt one = bare.check("What time is it?", "noon");
    Prompt two = one.check("Is the horizon at the red line?", "Yes", line);
    assertEquals("a desert", two.text());
    assertTrue(bare.checks().isEmpty());
    assertEquals(
        List.of(new Check(new Question("What time is it?", "noon"), Optional.empty())),
        one.checks());
    assertEquals(
        List.of(
            one.checks().get(0),
            new Check(
                new Question("Is the horizon at the red line? Answer with Yes or No.", "Yes"),
                Optional.of(line))),
        two.checks());
  }

  @Test
  void aCheckOfOnesOwnIsAskedWordForWord() {
    Check check = new Check(new Question("Is it noon?", "Yes"), Optional.empty());
    assertEquals(List.of(check), Prompt.of("a desert").check(check).checks());
  }

  @Test
  void aBlankTextIsRefused() {
    assertRefused(IllegalArgumentException.class, () -> Prompt.of(" "), "prompt is empty");
  }

  /** What a program leaves that cuts texts by code units; no file and no model can hold it. */
  @Test
  void halfOfACharacterIsRefusedWithItsPlace() {
    String told =
        "%s has half of a character (U+D83D) at position 6, behind 'a cat ':"
            + " type that character again";
    String half = "a cat \ud83d";
    assertRefused(
        IllegalArgumentException.class, () -> Prompt.of(half), told.formatted("the prompt"));
    assertRefused(
        IllegalArgumentException.class,
        () -> new Question(half, "Yes"),
        told.formatted("the question"));
    assertRefused(
        IllegalArgumentException.class,
        () -> new Question("What?", half),
        told.formatted("the answer"));
    assertEquals("a \ud83d\ude00", Prompt.of("a \ud83d\ude00").text());
  }
}
