package dev.dualprocess.cli.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openqa.selenium.Keys;

/**
 * One thing at a time that a person does at the studio's page before and while it teaches, each
 * compared with what the server has then.
 */
@ResourceLock("browser")
class StudioPageTest extends OpenedStudio {
  private static List<String> order(String... jobs) throws IOException, InterruptedException {
    List<String> order = new ArrayList<>();
    server.get("/api/state").path("jobs").forEach(job -> order.add(job.path("id").asText()));
    order.retainAll(List.of(jobs));
    return order;
  }

  private static int at(JsonNode state, String job) {
    List<String> order = new ArrayList<>();
    state.path("jobs").forEach(other -> order.add(other.path("id").asText()));
    return order.indexOf(job);
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

  /** Starts what the form says under that name, and finds it at the server. */
  private static String started(String name) throws IOException, InterruptedException {
    browser.type("#run-name", name);
    browser.click("#start");
    JsonNode state =
        server.until("/api/state", s -> s.path("jobs").findValuesAsText("name").contains(name));
    for (JsonNode job : state.path("jobs")) {
      if (job.path("name").asText().equals(name)) {
        return job.path("id").asText();
      }
    }
    throw new AssertionError(state.toString());
  }

  @Test
  void aRunHasTheNameThatItWasGiven() throws IOException, InterruptedException {
    browser.click("#example-horizon");
    browser.type("#knob-steps", "2");
    form("/settings/steps", "2");
    String id = started("Low Horizon, first try");
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

  @Test
  void severalPromptsAreTaughtInTurn() throws IOException, InterruptedException {
    browser.click("#example-horizon");
    form("/prompt", ".+");
    int there = browser.draft(draft -> true).path("also").size();
    browser.click("#also-add");
    browser.type("#also-" + there, "a meadow at dusk");
    browser.click("#also-add");
    browser.type("#also-" + (there + 1), "a desert at dawn");
    form("/also/%d/prompt".formatted(there + 1), "a desert at dawn");
    browser.click("#also-remove-" + there);
    form("/also/%d/prompt".formatted(there), "a desert at dawn");
    browser.type("#knob-steps", "3");
    form("/settings/steps", "3");
    JsonNode job = server.job(started("in turn"), "done");
    JsonNode also = job.at("/plan/also");
    assertEquals(there + 1, also.size());
    assertEquals("a desert at dawn", also.path(there).path("prompt").asText());
    assertEquals(3, job.at("/reports/step").size());
  }
}
