package dev.dualprocess.cli.studio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openqa.selenium.Keys;

/** What a person does at the studio's page with what was learnt: two short runs were done. */
@ResourceLock("browser")
class StudioRunTest extends OpenedStudio {
  private static String one;
  private static String two;

  @BeforeAll
  static void teach() throws IOException, InterruptedException {
    one = server.begin(example, 4, "one");
    two = server.begin(server.get("/api/state").at("/examples/1/plan"), 4, "two");
    server.job(two, "done");
  }

  private static void show(String job) {
    browser.click("[data-job='%s'] [data-test=run-show]".formatted(job));
    browser.await("#slider:not(.busy)");
  }

  @Test
  void twoLorasAreStacked() throws IOException, InterruptedException {
    show(one);
    browser.select("#compare-second", two);
    browser.await("#slider:not(.busy)");
    JsonNode plan = server.get("/api/jobs/" + one).path("plan");
    long seed = Long.parseLong(browser.value("#compare-seed"));
    List<Integer> both = drawn(plan, seed, one + ":1", two + ":1");
    assertEquals(both, browser.pixelsOf("#compare-with", both));
    assertNotEquals(both, drawn(plan, seed, one + ":1"));
    assertNotEquals(both, drawn(plan, seed, two + ":1"));
    List<Integer> bare = drawn(plan, seed);
    assertEquals(bare, browser.pixelsOf("#compare-without", bare));
  }

  private static Map<String, byte[]> entries(byte[] zip) throws IOException {
    Map<String, byte[]> entries = new TreeMap<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        entries.put(entry.getName(), in.readAllBytes());
      }
    }
    return entries;
  }

  @Test
  void whatWasLearntIsTakenAwayByClicks() throws IOException, InterruptedException {
    String card = "[data-job='%s'] ".formatted(one);
    Path run = folder.resolve("runs").resolve(one);
    browser.click(card + "[data-test=downloads] summary");
    browser.click(card + "[data-test=download-all]");
    Map<String, byte[]> all = entries(Files.readAllBytes(downloaded(one + ".zip")));
    assertArrayEquals(
        Files.readAllBytes(run.resolve("lora.safetensors")), all.get("lora.safetensors"));
    assertTrue(
        all.containsKey("config.json") && !all.containsKey("job.json"), all.keySet()::toString);

    browser.select(card + "[data-test=download-lora-choice]", "kohya");
    browser.click(card + "[data-test=download-lora]");
    assertArrayEquals(
        server.bytes("/api/jobs/" + one + "/lora?format=kohya"),
        Files.readAllBytes(downloaded(one + "-kohya.safetensors")));

    browser.select(card + "[data-test=download-card-choice]", "mit");
    browser.click(card + "[data-test=download-card]");
    Map<String, byte[]> carded = entries(Files.readAllBytes(downloaded(one + "-card.zip")));
    String readme = new String(carded.get("README.md"), StandardCharsets.UTF_8);
    assertTrue(readme.contains("license: mit"), readme);
  }

  @Test
  void aPictureOfOursBringsItsSettingsBack() throws IOException, InterruptedException {
    String after = server.get("/api/jobs/" + two).at("/comparison/0/after").asText();
    byte[] png = server.bytes(after);
    JsonNode plan = server.posted("/api/settings", png).path("plan");
    Path file = Files.write(folder.resolve("ours.png"), png);
    browser.choose("#open-picture", file);
    JsonNode chosen = form("/prompt", ".+");
    assertEquals(plan.path("prompt"), chosen.path("prompt"));
    assertEquals(plan.at("/settings/steps"), chosen.at("/settings/steps"));
    assertEquals(4, chosen.at("/settings/steps").asInt());
    assertEquals(plan.at(DRAWING), chosen.at(DRAWING));
    assertTrue(plan.path("generator").isMissingNode(), "models may be paths of another machine");
    assertEquals(example.path("generator"), chosen.path("generator"));
    assertEquals(example.path("verifiers"), chosen.path("verifiers"));

    browser.type("#prompt", "something else");
    String first = server.get("/api/jobs/" + one).at("/comparison/0/after").asText();
    browser.drop(first);
    browser.click("#confirm-yes");
    JsonNode dropped = form("/prompt", example.path("prompt").asText());
    assertEquals(example.at(DRAWING), dropped.at(DRAWING));
    assertFalse(browser.shows("#drop-error"));
  }

  @Test
  void whatGoesOnIsDrawnAtOnceAndBecomesAFilm() throws IOException, InterruptedException {
    String id = server.begin(example, 100_000, "drawn now");
    browser.click("[data-job='%s'] [data-test=run-show]".formatted(id));
    browser.await("#job-state[data-state=running]");
    browser.select("#preview-every", "0");
    server.until("/api/jobs/" + id, job -> job.path("previewEvery").asInt(-1) == 0);
    int before = server.get("/api/jobs/" + id).path("previews").size();
    browser.click("#draw-now");
    JsonNode job = server.until("/api/jobs/" + id, j -> j.path("previews").size() > before);
    JsonNode newest = job.path("previews").path(before);
    List<Integer> picture = StudioHttp.pixels(server.bytes(newest.path("with").asText()));
    String shown =
        "[data-test=preview-%d] figure:last-of-type img".formatted(newest.path("seed").asInt());
    assertEquals(picture, browser.pixelsOf(shown, picture));
    browser.click("#draw-now");
    server.until("/api/jobs/" + id, j -> j.path("previews").size() > before + 2);

    browser.click("#save-now");
    Path lora = folder.resolve("runs").resolve(id).resolve("lora.safetensors");
    for (int i = 0; i < 200 && !Files.exists(lora); i++) {
      Thread.sleep(50);
    }
    assertTrue(Files.exists(lora), "saved while it goes on");
    browser.click("#stop");
    JsonNode stopped = server.job(id, "stopped");

    browser.click("#film-show");
    browser.await("#film");
    Set<String> steps = new HashSet<>(stopped.path("previews").findValuesAsText("step"));
    assertEquals(1 + steps.size(), frames(server.bytes("/api/jobs/" + id + "/film.gif")));
    browser.click("#film-show");
    server.delete("/api/jobs/" + id);
  }

  private static int frames(byte[] gif) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(gif))) {
      reader.setInput(in);
      return reader.getNumImages(true);
    } finally {
      reader.dispose();
    }
  }

  @Test
  void anotherPromptIsTriedAtAnyStrength() throws IOException, InterruptedException {
    show(one);
    ObjectNode plan = server.get("/api/jobs/" + one).path("plan").deepCopy();
    long seed = Long.parseLong(browser.value("#compare-seed"));
    browser.select("#compare-prompt", "other");
    browser.type("#compare-own", "a cartoon of a meadow at night");
    browser.press(Keys.ENTER);
    plan.put("prompt", "a cartoon of a meadow at night");
    List<Integer> whole = drawn(plan, seed, one + ":1");
    assertEquals(whole, browser.pixelsOf("#compare-with", whole));
    List<Integer> bare = drawn(plan, seed);
    assertEquals(bare, browser.pixelsOf("#compare-without", bare));
    assertNotEquals(bare, whole);

    browser.tabTo("#compare-strength");
    browser.press(Keys.HOME);
    assertEquals(bare, browser.pixelsOf("#compare-with", bare), "at strength 0");
    browser.press(Keys.END);
    List<Integer> more = drawn(plan, seed, one + ":1.5");
    assertEquals(more, browser.pixelsOf("#compare-with", more), "at strength 1.5");
    assertNotEquals(whole, more);
    browser.click("#compare-next");
    String next = browser.value("#compare-seed");
    List<Integer> unseen = drawn(plan, Long.parseLong(next), one + ":1.5");
    assertEquals(unseen, browser.pixelsOf("#compare-with", unseen), "seed " + next);
  }

  @Test
  void anAuditIsOneClick() throws IOException, InterruptedException {
    show(one);
    browser.click("#audit");
    browser.await("#audit-verdict", "\\w+");
    JsonNode audit = server.get("/api/jobs/" + one).path("audit");
    assertEquals("NO_EFFECT", audit.path("verdict").asText(), "four steps teach nothing");
    assertEquals(audit.path("sentence").asText(), browser.text("#audit-verdict"));
    String page = new String(server.bytes(audit.path("page").asText()), StandardCharsets.UTF_8);
    assertTrue(page.contains("<img"), "the whole audit shows pictures");
    browser.reload();
    show(one);
    assertEquals(audit.path("sentence").asText(), browser.text("#audit-verdict"));
  }

  @Test
  void aRunIsDeletedWhenThePersonSaysSo() throws IOException, InterruptedException {
    String id = server.begin(example, 2, "to be deleted");
    server.job(id, "done");
    Path run = folder.resolve("runs").resolve(id);
    String card = "[data-job='%s']".formatted(id);
    browser.click(card + " [data-test=run-delete]");
    browser.click("#confirm-no");
    assertTrue(Files.isDirectory(run), "not yet");
    browser.click(card + " [data-test=run-delete]");
    browser.click("#confirm-yes");
    server.until("/api/state", s -> !s.path("jobs").findValuesAsText("id").contains(id));
    assertFalse(Files.exists(run));
    browser.awaitNone(card);
  }
}
