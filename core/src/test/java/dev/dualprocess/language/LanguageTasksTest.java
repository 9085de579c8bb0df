package dev.dualprocess.language;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Question;
import dev.dualprocess.language.LanguageTasks.Verdict;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is made of the replies of language models, good and bad. */
class LanguageTasksTest {
  private static final BufferedImage PICTURE = new BufferedImage(4, 3, BufferedImage.TYPE_INT_RGB);

  private final List<Assistant.Request> requests = new ArrayList<>();
  private final Usage usage = new Usage();

  /** Says one thing after the other, the last for ever. */
  private LanguageTasks saying(Instructions instructions, String... replies) {
    List<String> script = Arrays.asList(replies);
    return new LanguageTasks(
        new Assistant() {
          @Override
          public String name() {
            return "script";
          }

          @Override
          public Reply reply(Request request) {
            requests.add(request);
            return new Reply(script.get(Math.min(requests.size(), script.size()) - 1), 7, 2);
          }

          @Override
          public void close() {}
        },
        instructions,
        usage);
  }

  private LanguageTasks saying(String... replies) {
    return saying(Instructions.bundled(), replies);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"fits": 1}                                   | FITS
          {"fits": 0}                                   | DOES_NOT_FIT
          {'fits': '1',}                                | FITS
          {fits: true}                                  | FITS
          ```json {"fits": 0} ```                       | DOES_NOT_FIT
          Sure {well}! Here it is: {"fits": 1}. Done.   | FITS
          1                                             | FITS
          No                                            | DOES_NOT_FIT
          {"fits": 2}                                   | UNPARSABLE
          {"fits": -1}                                  | UNPARSABLE
          {"fits": 0.5}                                 | UNPARSABLE
          {"fits": 1e400}                               | UNPARSABLE
          {"fits": NaN}                                 | UNPARSABLE
          {"fits": null}                                | UNPARSABLE
          NaN                                           | UNPARSABLE
          {"fits":                                      | UNPARSABLE
          it may or may not                             | UNPARSABLE
          """)
  void readsAVerdict(String reply, Verdict verdict) {
    assertEquals(verdict, saying(reply).judge(PICTURE, "a cat"));
    assertEquals(verdict == Verdict.UNPARSABLE ? 3 : 1, requests.size());
  }

  @Test
  void asksAgainTwiceAndCountsIt() {
    assertEquals(Verdict.FITS, saying("well", "hm", "{\"fits\": 1}").judge(PICTURE, "a cat"));
    assertEquals(3, requests.size());
    assertEquals(List.of(0, 1, 2), requests.stream().map(Assistant.Request::attempt).toList());
    assertFalse(requests.get(0).text().contains("could not be read"));
    assertTrue(requests.get(1).text().contains("could not be read"));
    assertEquals(3, usage.tally().requests());
    assertEquals(2, usage.tally().askedAgain());
    assertEquals(
        "3 requests (2 asked again), 21 tokens read, 6 written",
        usage.tally().line(Usage.Rates.UNKNOWN));
  }

  @Test
  void expandsAPrompt() {
    assertEquals("A long one.", saying("{\"prompt\": \" A long one. \"}").expand("short {count}"));
    assertTrue(requests.get(0).text().contains("Short prompt: short {count}"));
    assertTrue(requests.get(0).text().contains("{\"prompt\": \"the paragraph\"}"));
  }

  @Test
  void takesPlainWordsForAnExpandedPrompt() {
    assertEquals("A long one.", saying("A long one.\n").expand("short"));
  }

  @Test
  void tellsThatAPromptCannotBeExpanded() {
    assertRefused(
        AssistantException.class,
        () -> saying("{\"oops\": 1}").expand("short"),
        "'short'",
        "script");
  }

  @Test
  void findsQuestions() {
    List<Question> questions =
        saying(
                """
                Here you are:
                {"questions": [
                  {"question": "Does it show a goose?", "answer": "Yes"},
                  {"question": "Does it fly south? Answer with Yes or No.", "answer": "yes"},
                  {"question": "One too many?", "answer": "Yes"},
                ]}
                """)
            .questions("a goose in autumn", 2, Optional.of(PICTURE), Optional.of("Is it a goose?"));
    assertEquals(
        List.of(
            new Question("Does it show a goose? Answer with Yes or No.", "Yes"),
            new Question("Does it fly south? Answer with Yes or No.", "Yes")),
        questions);
    String text = requests.get(0).text();
    assertTrue(text.contains("at most 2 questions"), text);
    assertTrue(text.contains("Prompt: a goose in autumn"), text);
    assertTrue(text.contains("variation of this one: Is it a goose?"), text);
    assertTrue(text.contains("laid over the picture"), text);
    assertTrue(requests.get(0).image().isPresent());
  }

  @Test
  void takesAListAndPlainQuestions() {
    assertEquals(
        List.of(new Question("Is it wet? Answer with Yes or No.", "Yes")),
        saying("[\"Is it wet?\"]").questions("rain", 3, Optional.empty(), Optional.empty()));
  }

  @Test
  void asksAgainWhereAnotherAnswerIsExpected() {
    assertEquals(
        1,
        saying("[{\"question\": \"Is it dry?\", \"answer\": \"No\"}]", "[\"Is it wet?\"]")
            .questions("rain", 3, Optional.empty(), Optional.empty())
            .size());
    assertEquals(2, requests.size());
  }

  @Test
  void takesTheWordsOfAFolder(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("judge.txt"), "Fits {description}?\r\n");
    Instructions own = Instructions.in(folder);
    saying(own, "1").judge(PICTURE, "a {cat}");
    assertEquals("Fits a {cat}?", requests.get(0).text());
    saying(own, "{\"prompt\": \"x\"}").expand("dog");
    assertTrue(requests.get(1).text().contains("Short prompt: dog"), "the others stay");
    assertRefused(IOException.class, () -> Instructions.in(folder.resolve("no")), "no such");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertRefused(IOException.class, () -> Instructions.in(empty), "has none of");
  }
}
