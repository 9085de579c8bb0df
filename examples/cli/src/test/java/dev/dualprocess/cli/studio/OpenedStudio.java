package dev.dualprocess.cli.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The studio's page in a browser, with an empty form, and a server with the bundled models. */
abstract class OpenedStudio {
  static final int SIDE = 64; // of the bundled generator's pictures
  static final String DRAWING = "/checks/0/drawing";

  @TempDir static Path folder;
  static Browser browser;
  static StudioHttp server;

  /** The plan of the first example. */
  static JsonNode example;

  private static StudioProcess studio;

  @BeforeAll
  static void openStudio() throws IOException, InterruptedException {
    browser = Browser.open(1280, 1000);
    studio = StudioProcess.start(folder.resolve("runs"), 0, "--threads", "2");
    server = new StudioHttp(studio.address().replaceAll("/$", ""));
    JsonNode state = server.until("/api/state", s -> s.path("examples").size() > 0);
    example = state.at("/examples/0/plan");
    browser.downloadTo(Files.createDirectories(folder.resolve("downloads")));
  }

  @AfterAll
  static void closeStudio() {
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
  static JsonNode form(String pointer, String regex) throws IOException {
    return browser.draft(draft -> draft.at(pointer).asText().matches(regex));
  }

  /** Waits until the editor shows what the server draws of that form, over seed 0. */
  static List<Integer> shown(JsonNode form) throws IOException, InterruptedException {
    Map<String, Object> under = Map.of("prompt", form.path("prompt"), "seed", 0);
    List<Integer> right =
        StudioHttp.pixels(
            server.post(
                "/api/shown", Map.of("plan", form, "drawing", form.at(DRAWING), "under", under)));
    List<Integer> seen = browser.pixelsOf("#editor-shown", right);
    assertEquals(right, seen, "the editor shows what the verifier gets");
    return seen;
  }

  /** A downloaded file, when it is whole. */
  static Path downloaded(String name) throws InterruptedException {
    Path file = folder.resolve("downloads").resolve(name);
    for (int i = 0; i < 200 && !Files.exists(file); i++) {
      Thread.sleep(50);
    }
    if (!Files.exists(file)) {
      throw new AssertionError(name + " never came");
    }
    return file;
  }

  /** The pixels that the server draws of a plan's prompt. */
  static List<Integer> drawn(JsonNode plan, long seed, String... loras)
      throws IOException, InterruptedException {
    return StudioHttp.pixels(server.picture(plan, seed, List.of(loras)));
  }
}
