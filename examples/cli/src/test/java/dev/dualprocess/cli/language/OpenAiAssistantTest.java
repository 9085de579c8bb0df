package dev.dualprocess.cli.language;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.cli.language.LoopbackServer.Answer;
import dev.dualprocess.language.Assistant;
import dev.dualprocess.language.Assistant.Request;
import dev.dualprocess.language.AssistantException;
import dev.dualprocess.language.Instructions;
import dev.dualprocess.language.LanguageTasks;
import dev.dualprocess.language.LanguageTasks.Verdict;
import dev.dualprocess.language.Usage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** OpenAI's client against a real server on loopback. */
class OpenAiAssistantTest {
  private static final String KEY = "sk-secret-of-the-test";
  private static final BufferedImage PICTURE = new BufferedImage(4, 3, BufferedImage.TYPE_INT_RGB);

  private static Assistant assistant(LoopbackServer server, long timeoutMillis, int retries) {
    return new OpenAiAssistant(
        "fake",
        Endpoint.of(
            Map.of("OPENAI_BASE_URL", server.url(), "OPENAI_API_KEY", KEY),
            Duration.ofMillis(timeoutMillis),
            retries,
            0));
  }

  private static LanguageTasks tasks(Assistant assistant, Usage usage) {
    return new LanguageTasks(assistant, Instructions.bundled(), usage);
  }

  @Test
  void sendsTheInstructionThePictureAndTheKey() throws IOException {
    Usage usage = new Usage();
    try (LoopbackServer server = new LoopbackServer((a, n) -> Answer.saying("{\"fits\": 1}"));
        Assistant assistant = assistant(server, 5000, 0)) {
      assertEquals(Verdict.FITS, tasks(assistant, usage).judge(PICTURE, "a cat on a mat"));
      LoopbackServer.Asked asked = server.asked().get(0);
      assertTrue(asked.text().contains("a cat on a mat"), asked.text());
      assertTrue(asked.hasImage());
      assertEquals("Bearer " + KEY, asked.authorization());
      assertEquals("fake", asked.body().path("model").asText());
      assertEquals(0, asked.body().path("temperature").asDouble());
    }
    assertEquals(1, usage.tally().requests());
    assertEquals((20 * 3 + 5 * 12) / 1e6, new Usage.Rates(3, 12).cost(usage.tally()), 1e-12);
  }

  @Test
  void sendsPicturesAsTheyAreSeenHere() throws IOException {
    BufferedImage grey = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(0, 0, 0, 30);
    assertEquals(0xff1e1e1e, sent(grey).getRGB(0, 0));
    BufferedImage glass = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    assertEquals(0xffffffff, sent(glass).getRGB(0, 0));
  }

  private static BufferedImage sent(BufferedImage picture) throws IOException {
    try (LoopbackServer server = new LoopbackServer((a, n) -> Answer.saying("{\"fits\": 1}"));
        Assistant assistant = assistant(server, 5000, 0)) {
      tasks(assistant, new Usage()).judge(picture, "a cat");
      String url = server.asked().get(0).body().findValue("url").asText();
      byte[] png = Base64.getDecoder().decode(url.substring(url.indexOf(',') + 1));
      return ImageIO.read(new ByteArrayInputStream(png));
    }
  }

  @Test
  void triesAgainAfter429And500AndATimeOut() throws IOException {
    try (LoopbackServer server =
            new LoopbackServer(
                (asked, before) ->
                    switch (before) {
                      case 0 -> Answer.failing(429);
                      case 1 -> Answer.failing(500);
                      case 2 -> Answer.saying("{\"fits\": 1}").after(2500);
                      default -> Answer.saying("{\"fits\": 0}");
                    });
        Assistant assistant = assistant(server, 1000, 3)) {
      Usage usage = new Usage();
      assertEquals(Verdict.DOES_NOT_FIT, tasks(assistant, usage).judge(PICTURE, "a cat"));
      assertEquals(4, server.asked().size());
      assertEquals(1, usage.tally().requests());
    }
  }

  @Test
  void givesUpInOneLineWithoutTheKey() throws IOException {
    Answer echo =
        new Answer(401, "{\"error\": {\"message\": \"bad key " + KEY + "\\nsecond line\"}}", 0);
    try (LoopbackServer server = new LoopbackServer((asked, before) -> echo);
        Assistant assistant = assistant(server, 5000, 2)) {
      Request request = new Request("Say it.", Optional.empty(), 10, 0, 0);
      AssistantException e = assertThrows(AssistantException.class, () -> assistant.reply(request));
      assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      assertTrue(e.getMessage().contains("401"), e.getMessage());
      assertFalse(e.getMessage().contains(KEY), e.getMessage());
      assertEquals(1, server.asked().size(), "a wrong key does not get better");
    }
  }

  @Test
  void aBodyThatIsNoJsonIsAskedForAgainTwice() throws IOException {
    try (LoopbackServer server =
            new LoopbackServer((asked, before) -> new Answer(200, "<html>no json</html>", 0));
        Assistant assistant = assistant(server, 5000, 0)) {
      Usage usage = new Usage();
      assertEquals(Verdict.UNPARSABLE, tasks(assistant, usage).judge(PICTURE, "a cat"));
      assertEquals(3, server.asked().size());
      assertEquals(2, usage.tally().askedAgain());
    }
  }

  @Test
  void refusesAnEnvironmentThatSaysNothing() {
    assertRefused(
        IllegalArgumentException.class,
        () -> Endpoint.of(Map.of(), Duration.ofSeconds(1), 0, 0),
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL");
    assertFalse(
        Endpoint.of(Map.of("OPENAI_API_KEY", KEY), Duration.ofSeconds(1), 0, 0)
            .toString()
            .contains(KEY));
  }
}
