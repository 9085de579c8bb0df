package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.cli.hub.FolderHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as processes of their own, whose environment names a hub on loopback. */
class ModelsGetCommandTest {
  @TempDir Path folder;

  /** What the command told. */
  private String run(FolderHub hub, int expected, Map<String, String> more, String... args)
      throws IOException, InterruptedException {
    Path log = folder.resolve("log");
    Map<String, String> environment = new java.util.HashMap<>(more);
    environment.put("HF_ENDPOINT", hub.address().toString());
    environment.put("HF_HOME", folder.resolve("home").toString());
    environment.put("HF_HUB_CACHE", folder.resolve("cache").toString());
    Process process = ProcessRun.start(List.of(args), log, environment, List.of());
    assertTrue(process.waitFor(2, TimeUnit.MINUTES));
    String told = ProcessRun.read(log);
    assertEquals(expected, process.exitValue(), told);
    return told;
  }

  @Test
  void aModelIsShownThenDownloadedThenDrawnWith() throws Exception {
    Path repo = folder.resolve("repo");
    ModelFolders.copyOfGenerator(repo);
    Files.writeString(repo.resolve("flux1-schnell.safetensors"), "the same once more");
    Files.writeString(repo.resolve("README.md"), "for people");
    try (FolderHub hub = new FolderHub("maker/tiny", repo)) {
      String shown = run(hub, 0, Map.of(), "models", "get", "maker/tiny", "--dry-run");
      assertTrue(shown.contains("model_index.json"), shown);
      assertTrue(shown.contains("for generator flux; "), shown);
      assertFalse(shown.contains("flux1-schnell.safetensors"), shown);
      assertFalse(Files.exists(folder.resolve("cache")), "nothing was written");

      String got = run(hub, 0, Map.of(), "models", "get", "maker/tiny");
      assertTrue(got.contains("maker/tiny (generator flux) has arrived: "), got);
      assertFalse(hub.asked().stream().anyMatch(path -> path.endsWith("README.md")));

      Map<String, String> offline = Map.of("HF_HUB_OFFLINE", "1");
      String out = folder.resolve("out").toString();
      String[] generate = {
        "generate", "--generator", "maker/tiny", "--prompt", "a cat", "--out", out
      };
      run(hub, 0, offline, generate);
      assertTrue(Files.exists(folder.resolve("out/seed-0.png")));

      String again = run(hub, 0, offline, "models", "get", "maker/tiny");
      assertTrue(again.contains("is there already"), again);
    }
  }

  @Test
  void whatIsNotInTheCacheIsToldInOneLine() throws Exception {
    try (FolderHub hub = new FolderHub("maker/tiny", ModelFolders.generator())) {
      String told =
          run(
              hub,
              1,
              Map.of(),
              "generate",
              "--generator",
              "maker/tiny",
              "--prompt",
              "a",
              "--out",
              folder.resolve("out").toString());
      assertTrue(told.contains("`dualprocess models get maker/tiny` downloads it"), told);
      assertEquals(List.of(), hub.asked());
      String offline = run(hub, 1, Map.of("HF_HUB_OFFLINE", "1"), "models", "get", "maker/tiny");
      assertTrue(offline.contains("HF_HUB_OFFLINE is set"), offline);
      String odd = run(hub, 2, Map.of(), "models", "get", "tiny");
      assertTrue(odd.contains("'tiny' is not a hub id: it is written ORG/NAME"), odd);
    }
  }
}
