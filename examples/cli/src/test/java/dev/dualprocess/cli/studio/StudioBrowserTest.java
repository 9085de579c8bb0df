package dev.dualprocess.cli.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.dualprocess.image.PictureFile;
import dev.dualprocess.world.meter.EdgeMeter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What a person does at the studio's page, in a real browser, with the bundled models. */
@ResourceLock("browser")
class StudioBrowserTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int SIDE = 64; // of the bundled generator's pictures

  @TempDir private Path temporary;

  private static Path onlyRun(Path runs) throws IOException {
    try (Stream<Path> all = Files.list(runs)) {
      List<Path> found =
          all.filter(folder -> !folder.getFileName().toString().startsWith(".")).toList();
      assertEquals(1, found.size(), found.toString());
      return found.get(0);
    }
  }

  private static int step(Browser browser) {
    String said = browser.text("#job-status").replaceAll("(?s).*?step (\\d[\\d,]*) of.*", "$1");
    return said.matches("[\\d,]+") ? Integer.parseInt(said.replace(",", "")) : 0;
  }

  private static void awaitStep(Browser browser, int step) throws InterruptedException {
    for (int i = 0; i < 2400 && step(browser) < step; i++) {
      Thread.sleep(100);
    }
    assertTrue(step(browser) >= step, browser.text("#job-status"));
  }

  private static double meanHorizonOffBy(Path run, double target) throws IOException {
    try (Stream<Path> images = Files.list(run.resolve("images"))) {
      OptionalDouble mean =
          images
              .filter(image -> image.toString().endsWith("-after.png"))
              .mapToDouble(image -> Math.abs(horizon(image) - target))
              .average();
      return mean.orElseThrow();
    }
  }

  private static double horizon(Path image) {
    try {
      return new EdgeMeter().horizon(PictureFile.read(image));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * From the example to the picture: the line is dragged, the question probed, the run watched,
   * reloaded, stopped in a second window, gone on with, killed with its server, and gone on with by
   * the next one.
   */
  @Test
  @Tag("slow")
  void theWholePath() throws IOException, InterruptedException {
    Path runs = temporary.resolve("runs");
    try (Browser browser = Browser.open(1280, 1000);
        Browser second = Browser.open(1280, 1000)) {
      int port;
      double target;
      Path run;
      try (StudioProcess studio = StudioProcess.start(runs, 0, "--threads", "1")) {
        port = studio.port();
        browser.go(studio.address());
        browser.click("#example-horizon");
        assertEquals(0.3125, position(browser, 1));
        browser.drag("[data-test=handle-0-line]", 0, -20);
        target = position(browser, 0.3124);
        assertTrue(target > 0.2, "dragged to " + target);

        browser.screenshot(Path.of("target/studio/drawn.png"));
        browser.click("#probe-start");
        browser.await("#probe-verdict", "\\w+");
        assertTrue(browser.shows("[data-test=probe-7]"));

        browser.click("#start");
        awaitStep(browser, 20);
        run = onlyRun(runs);
        browser.reload();
        assertTrue(browser.await("#job-name").getText().contains("boats"));
        awaitStep(browser, 30);

        second.go(studio.address());
        second.await("#job-state[data-state=running]");
        second.click("#stop");
        browser.await("#job-state[data-state=stopped]");
        second.await("#job-state[data-state=stopped]");
        assertTrue(Files.exists(run.resolve("lora.safetensors")));
        int stopped = step(browser);

        browser.click("#continue");
        second.await("#job-state[data-state=running]");
        awaitStep(browser, Math.max(150, stopped + 20));
        studio.kill();
      }
      try (StudioProcess studio = StudioProcess.start(runs, port, "--threads", "2")) {
        browser.await("#job-state[data-state=done]");
        browser.screenshot(Path.of("target/studio/done.png"));
        assertEquals(List.of(), browser.barriers());
        browser.scheme("dark");
        assertEquals(List.of(), browser.barriers());
        browser.size(360, 800);
        assertEquals(List.of(), browser.barriers());
        assertTrue(
            ((Number) browser.script("return document.documentElement.scrollWidth")).intValue()
                <= 360);
        double off = meanHorizonOffBy(run, target * SIDE);
        assertTrue(off < 3, "the horizon is off by " + off + " px of " + target * SIDE);
        assertTrue(browser.shows("#slider"));
        assertTrue(browser.shows("[data-test=run][data-job='" + run.getFileName() + "']"));
        JsonNode config = MAPPER.readTree(run.resolve("config.json").toFile());
        assertEquals(
            target,
            config.at("/checks/0/drawing/annotations/0/horizon").asDouble(),
            1e-9,
            "what was drawn is what was taught");
        second.await("#job-state[data-state=done]");
      }
    }
  }

  /** Where the first question's line is, as the draft of the form has it, once it is above that. */
  private static double position(Browser browser, double below) throws IOException {
    for (int i = 0; i < 100; i++) {
      Object draft = browser.script("return localStorage.getItem('draft')");
      JsonNode line =
          draft == null
              ? MissingNode.getInstance()
              : MAPPER.readTree(draft.toString()).at("/checks/0/drawing/annotations/0/horizon");
      if (line.isNumber() && line.asDouble() < below) {
        return line.asDouble();
      }
      sleep();
    }
    throw new AssertionError("the line never was above " + below);
  }

  private static void sleep() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Steps that come faster than anybody can read: the page's thread is free for a person most of
   * the time.
   */
  @Test
  @Tag("slow")
  void hundredsOfStepsASecondDoNotSlowThePage() throws IOException, InterruptedException {
    Path runs = temporary.resolve("runs");
    try (Browser browser = Browser.open(1280, 1000);
        StudioProcess studio =
            StudioProcess.start(
                runs, 0, "--generator", "toy", "--verifier", "brightness", "--threads", "1")) {
      browser.go(studio.address());
      browser.script(
          "window.blocked = 0; new PerformanceObserver(l => l.getEntries().forEach("
              + "e => window.blocked += e.duration)).observe({type: 'longtask'})");
      browser.script(
          "return fetch('/api/defaults').then(r => r.json()).then(p => { p.prompt = 'a room';"
              + " p.checks = [{question: 'Is it bright?', answer: 'Yes'}];"
              + " p.settings.steps = 1000000; p.checkpointEvery = 1000;"
              + " return fetch('/api/jobs', {method: 'POST', body: JSON.stringify({plan: p,"
              + " name: 'fast'})}); }).then(r => r.status)");
      awaitStep(browser, 50);
      int first = step(browser);
      double blockedBefore = ((Number) browser.script("return window.blocked")).doubleValue();
      long start = System.nanoTime();
      Thread.sleep(8000);
      double seconds = (System.nanoTime() - start) * 1e-9;
      double blocked =
          ((Number) browser.script("return window.blocked")).doubleValue() - blockedBefore;
      int steps = step(browser) - first;
      System.out.printf(
          "%.0f steps/s, page blocked %.1f %% of the time%n",
          steps / seconds, blocked / seconds / 10);
      assertTrue(steps > 100, "steps " + steps);
      assertTrue(blocked / 1000 < seconds / 2, blocked + " ms of " + seconds + " s");
      browser.click("#stop");
      browser.await("#job-state[data-state=stopped]");
    }
  }
}
