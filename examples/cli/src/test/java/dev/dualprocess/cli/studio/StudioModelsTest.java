package dev.dualprocess.cli.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.Splitter;
import dev.dualprocess.cli.ModelFolders;
import dev.dualprocess.cli.hub.FolderHub;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The studio's page gets a model from a hub that takes its time. */
@ResourceLock("browser")
class StudioModelsTest {
  @TempDir private Path folder;

  @Test
  void aModelIsFetchedAndThePageTellsHowFarItIs() throws Exception {
    try (FolderHub hub = new FolderHub("maker/tiny", ModelFolders.generator()).slowly();
        Browser browser = Browser.open(1280, 1000);
        StudioProcess studio =
            StudioProcess.start(
                folder.resolve("runs"),
                0,
                Map.of(
                    "HF_ENDPOINT", hub.address().toString(),
                    "HF_HOME", folder.resolve("home").toString(),
                    "HF_HUB_CACHE", folder.resolve("cache").toString()),
                "--threads",
                "1")) {
      browser.go(studio.address());
      browser.type("#model-id", "tiny");
      browser.click("#model-get");
      browser.await("#models-error:not([hidden])", "'tiny' is not a hub id");

      browser.script(
          "window.parts = []; new MutationObserver(() => {"
              + " const bar = document.querySelector('#model-progress progress');"
              + " if (bar?.hasAttribute('value')) { parts.push(bar.position); } })"
              + ".observe(document.querySelector('#model-progress'),"
              + " {subtree: true, childList: true, attributes: true})");
      browser.type("#model-id", "maker/tiny");
      browser.click("#model-get");
      browser.await("#model-progress", "maker/tiny is there");
      String parts = String.valueOf(browser.script("return parts.join()"));
      double before = 0;
      boolean onTheWay = false;
      for (String part : Splitter.on(',').split(parts)) {
        double now = Double.parseDouble(part);
        assertTrue(now >= before && now <= 1, parts);
        onTheWay |= now > 0.02 && now < 0.98;
        before = now;
      }
      assertTrue(onTheWay, parts);
      browser.await("[data-test='use-generator-maker/tiny']").click();
      browser.await("#teach-fit", "maker/tiny");
      assertEquals(
          "maker/tiny", browser.draft(d -> true).at("/generator/id").asText(), "it is chosen");
      assertFalse(browser.shows("#models-error"));
    }
  }
}
