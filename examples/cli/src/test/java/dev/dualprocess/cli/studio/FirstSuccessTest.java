package dev.dualprocess.cli.studio;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long it takes from the opened page to the first control that is learnt, with two clicks: a
 * measurement, in the whole soak alone, for a machine that does nothing else.
 */
@Tag("soak")
@EnabledIfSystemProperty(named = "soak.scale", matches = "1(\\.0)?")
class FirstSuccessTest {
  @TempDir private Path folder;

  @Test
  void twoClicks() throws Exception {
    try (Browser browser = Browser.open(1280, 1000);
        StudioProcess studio = StudioProcess.start(folder.resolve("runs"), 0)) {
      long opened = System.nanoTime();
      browser.go(studio.address());
      browser.click("#example-horizon");
      browser.click("#start");
      double started = (System.nanoTime() - opened) * 1e-9;
      browser.await("#job-state[data-state=done]");
      double done = (System.nanoTime() - opened) * 1e-9;
      JsonNode job =
          new StudioHttp(studio.address().replaceAll("/$", "")).get("/api/state").at("/jobs/0");
      double before = job.path("probabilityBefore").asDouble();
      double after = job.path("probabilityAfter").asDouble();
      System.out.printf(
          "Start clicked after %.1f s, done after %.1f s: %d steps, probability %.2f -> %.2f%n",
          started, done, job.path("step").asInt(), before, after);
      assertTrue(after > 0.9, "learnt to " + after);
    }
  }
}
