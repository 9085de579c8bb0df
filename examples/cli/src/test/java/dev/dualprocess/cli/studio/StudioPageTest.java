package dev.dualprocess.cli.studio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openqa.selenium.Keys;

/**
 * One thing at a time that a person does at the studio's page, each compared with what the server
 * has then. All share a server with the bundled models on which two short runs were done.
 */
@ResourceLock("browser")
class StudioPageTest {
  private static final int SIDE = 64; // of the bundled generator's pictures
  private static final int RED = 0xff0000;
  private static final String DRAWING = "/checks/0/drawing";

  @TempDir private static Path folder;
  private static Browser browser;
  private static StudioProcess studio;
  private static StudioHttp server;
  private static JsonNode example;
  private static String one;
  private static String two;

  @BeforeAll
  static void open() throws IOException, InterruptedException {
    browser = Browser.open(1280, 1000);
    studio = StudioProcess.start(folder.resolve("runs"), 0, "--threads", "2");
    server = new StudioHttp(studio.address().replaceAll("/$", ""));
    JsonNode state = server.until("/api/state", s -> s.path("examples").size() > 0);
    example = state.at("/examples/0/plan");
    one = server.begin(example, 4, "one");
    two = server.begin(state.at("/examples/1/plan"), 4, "two");
    server.job(two, "done");
    browser.downloadTo(Files.createDirectories(folder.resolve("downloads")));
  }

  @AfterAll
  static void close() {
    if (studio != null) {
      studio.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void anEmptyForm() {
    browser.go(studio.address());
    browser.script("localStorage.clear()");
    browser.go(studio.address());
  }

  /** No test waits for what another left running. */
  @AfterEach
  void nothingRuns() throws IOException, InterruptedException {
    Set<String> busy = Set.of("queued", "running");
    for (JsonNode job : server.get("/api/state").path("jobs")) {
      if (busy.contains(job.path("state").asText())) {
        server.posted("/api/jobs/" + job.path("id").asText() + "/stop", Map.of());
      }
    }
    server.until(
        "/api/state",
        state -> state.path("jobs").findValuesAsText("state").stream().noneMatch(busy::contains));
  }

  /** The form, when its draft has something there that is so. */
  private static JsonNode form(String pointer, String regex) throws IOException {
    return browser.draft(draft -> draft.at(pointer).asText().matches(regex));
  }

  /** Waits until the editor shows what the server draws of that form, over seed 0. */
  private static List<Integer> shown(JsonNode form) throws IOException, InterruptedException {
    Map<String, Object> under = Map.of("prompt", form.path("prompt"), "seed", 0);
    List<Integer> right =
        StudioHttp.pixels(
            server.post(
                "/api/shown", Map.of("plan", form, "drawing", form.at(DRAWING), "under", under)));
    List<Integer> seen = browser.pixelsOf("#editor-shown", right);
    assertEquals(right, seen, "the editor shows what the verifier gets");
    return seen;
  }

  @Test
  void undoAndRedoMoveTheLine() throws IOException, InterruptedException {
    browser.click("#example-horizon");
    JsonNode before = form("/checks/0/question", ".+");
    List<Integer> first = shown(before);
    browser.drag("[data-test=handle-0-line]", 0, -40);
    JsonNode dragged = browser.draft(draft -> !draft.equals(before));
    browser.draft(draft -> draft.at(DRAWING).equals(dragged.at(DRAWING)));
    List<Integer> moved = shown(browser.draft(draft -> true));
    assertNotEquals(first, moved);

    browser.click("#undo");
    assertEquals(before.at(DRAWING), browser.draft(draft -> draft.equals(before)).at(DRAWING));
    assertEquals(first, shown(before));
    browser.click("#redo");
    JsonNode again = browser.draft(draft -> !draft.equals(before));
    assertEquals(moved, shown(again));
  }

  @Test
  void aColourIsPickedFromThePicture() throws IOException, InterruptedException {
    browser.type("#prompt", "a desert at noon");
    browser.click("#tool-palette");
    JsonNode before = form(DRAWING + "/annotations/0/palette", "#.+");
    browser.click("#colour-pick");
    int column = 20;
    int row = 11;
    browser.clickAt("#pick-surface:not([hidden])", (column + 0.5) / SIDE, (row + 0.5) / SIDE);
    List<Integer> picture = StudioHttp.pixels(server.picture(before, 0, List.of()));
    String colour = "#%06x".formatted(picture.get(row * SIDE + column));
    JsonNode after = form(DRAWING + "/annotations/0/palette", ".*," + colour);
    shown(after);
  }

  @Test
  void aStrokeIsPainted() throws IOException, InterruptedException {
    browser.type("#prompt", "a desert at noon");
    browser.click("#tool-brush");
    browser.drag("#paint", 120, 0);
    JsonNode form = form(DRAWING + "/painting", "[0-9a-f]+\\.png");
    String name = form.at(DRAWING + "/painting").asText();
    List<Integer> painting = StudioHttp.pixels(server.bytes("/api/paintings/" + name));
    assertEquals(RED, painting.get(SIDE / 2 * SIDE + SIDE / 2), "where the brush went down");
    assertEquals(RED, painting.get(SIDE / 2 * SIDE + SIDE / 2 + 8), "where it went");
    assertEquals(0xffffff, painting.get(SIDE / 2 * SIDE + SIDE / 2 - 16), "where it was not");
    assertEquals(RED, shown(form).get(SIDE / 2 * SIDE + SIDE / 2));
  }

  @Test
  void aPictureIsLaidOver() throws IOException, InterruptedException {
    BufferedImage halves = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < SIDE * SIDE; i++) {
      halves.setRGB(i % SIDE, i / SIDE, i % SIDE < SIDE / 2 ? 0x00ff7f : 0x102080);
    }
    Path file = folder.resolve("halves.png");
    ImageIO.write(halves, "png", file.toFile());
    browser.type("#prompt", "a desert at noon");
    browser.choose("#tool-picture", file);
    JsonNode form = form(DRAWING + "/painting", "[0-9a-f]+\\.png");
    String name = form.at(DRAWING + "/painting").asText();
    assertEquals(
        StudioHttp.pixels(Files.readAllBytes(file)),
        StudioHttp.pixels(server.bytes("/api/paintings/" + name)));
    assertNotEquals(StudioHttp.pixels(server.picture(form, 0, List.of())), shown(form));
  }

  @Test
  void twoLorasAreStacked() throws IOException, InterruptedException {
    browser.click("[data-job='%s'] [data-test=run-show]".formatted(one));
    browser.select("#compare-second", two);
    browser.await("#slider:not(.busy)");
    JsonNode plan = server.get("/api/jobs/" + one).path("plan");
    long seed = Long.parseLong(browser.value("#compare-seed"));
    List<Integer> both = server(plan, seed, one + ":1", two + ":1");
    assertEquals(both, browser.pixelsOf("#compare-with", both));
    assertNotEquals(both, server(plan, seed, one + ":1"));
    assertNotEquals(both, server(plan, seed, two + ":1"));
    List<Integer> bare = server(plan, seed);
    assertEquals(bare, browser.pixelsOf("#compare-without", bare));
  }

  private static List<Integer> server(JsonNode plan, long seed, String... loras)
      throws IOException, InterruptedException {
    return StudioHttp.pixels(server.picture(plan, seed, List.of(loras)));
  }

  private static List<String> order(String... jobs) throws IOException, InterruptedException {
    List<String> order = new ArrayList<>();
    server.get("/api/state").path("jobs").forEach(job -> order.add(job.path("id").asText()));
    order.retainAll(List.of(jobs));
    return order;
  }

  @Test
  void theQueueIsOrderedByKeysAlone() throws IOException, InterruptedException {
    String busy = server.begin(example, 100_000, "busy");
    String a = server.begin(example, 2, "a");
    String b = server.begin(example, 2, "b");
    browser.await("[data-queue='%s'] [data-test=queue-up]".formatted(b));
    assertEquals(List.of(a, b), order(a, b));
    browser.tabTo("[data-queue='%s'] [data-test=queue-up]".formatted(b));
    browser.press(Keys.ENTER);
    server.until("/api/state", state -> at(state, b) < at(state, a));
    assertEquals(List.of(busy, b, a), order(busy, a, b));
    browser.tabTo("[data-queue='%s'] [data-test=queue-stop]".formatted(a));
    browser.press(Keys.SPACE);
    server.job(a, "stopped");
    server.posted("/api/jobs/" + busy + "/stop", Map.of());
    server.job(b, "done");
    assertEquals("stopped", server.get("/api/jobs/" + a).path("state").asText());
  }

  private static int at(JsonNode state, String job) {
    List<String> order = new ArrayList<>();
    state.path("jobs").forEach(other -> order.add(other.path("id").asText()));
    return order.indexOf(job);
  }

  private static Path downloaded(String name) throws InterruptedException {
    Path file = folder.resolve("downloads").resolve(name);
    for (int i = 0; i < 200 && !Files.exists(file); i++) {
      Thread.sleep(50);
    }
    assertTrue(Files.exists(file), name);
    return file;
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
  void aRunHasTheNameThatItWasGiven() throws IOException, InterruptedException {
    browser.click("#example-horizon");
    browser.type("#knob-steps", "2");
    form("/settings/steps", "2");
    browser.type("#run-name", "Low Horizon, first try");
    browser.click("#start");
    JsonNode state =
        server.until(
            "/api/state",
            s -> s.path("jobs").findValuesAsText("name").contains("Low Horizon, first try"));
    String id = "";
    for (JsonNode job : state.path("jobs")) {
      id = job.path("name").asText().startsWith("Low") ? job.path("id").asText() : id;
    }
    assertTrue(id.endsWith("-low-horizon-first-try"), id);
    assertTrue(Files.isDirectory(folder.resolve("runs").resolve(id)));
    browser.await("[data-job='%s'] h3".formatted(id), "Low Horizon, first try");
    assertEquals("", browser.value("#run-name"), "the next run has another");
    server.job(id, "done");
  }

  @Test
  void aProbeShowsEverySeedAsItComes() throws IOException, InterruptedException {
    browser.click("#example-horizon");
    form("/prompt", ".+");
    browser.script(
        "window.seen = new Set(); new MutationObserver(() => seen.add("
            + "(document.querySelector('#probe-verdict') ? 'end ' : 'so far ')"
            + " + document.querySelectorAll('[data-test^=probe-] .meter').length))"
            + ".observe(document.querySelector('#probe-result'), {childList: true, subtree: true})");
    browser.click("#probe-start");
    browser.await("#probe-verdict", "\\w+");
    String seen = String.valueOf(browser.script("return [...seen].join()"));
    assertTrue(seen.matches(".*so far [1-7].*"), seen);
    assertTrue(seen.endsWith("end 8"), seen);
    JsonNode probe = server.get("/api/tasks/t1").path("result");
    for (JsonNode picture : probe.path("pictures")) {
      assertEquals(
          "%.2f".formatted(picture.path("probability").asDouble()),
          browser
              .text("[data-test=probe-%s] b".formatted(picture.path("seed")))
              .replace("under ", ""));
    }
  }

  @Test
  void whatHasNoRoomIsToldWithWhatWouldHelp() throws IOException, InterruptedException {
    browser.click("#example-horizon");
    browser.await("#teach-fit", "tiny fits this machine: needs about \\d+ MiB");
    browser.click("#more summary");
    browser.type("#knob-width", "16384");
    browser.type("#knob-height", "16384");
    browser.await("#teach-fit.warning", "--size 256x256");
    JsonNode judged =
        server.get("/api/fits?generator=tiny&verifier=tiny&width=16384&height=16384&rank=4");
    assertFalse(judged.path("fits").asBoolean());
    String needed = judged.path("text").asText().replaceAll("(?s)where .*", "");
    assertTrue(
        browser.text("#teach-fit").contains(needed),
        () -> judged + " " + browser.text("#teach-fit"));
    browser.type("#prompt", "a desert at noon");
    browser.await("#editor-error", "a picture of 16384x16384 needs about");
  }
}
