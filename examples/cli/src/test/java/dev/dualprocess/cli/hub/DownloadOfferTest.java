package dev.dualprocess.cli.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.cli.console.Console;
import dev.dualprocess.hub.HubCache;
import dev.dualprocess.hub.HubId;
import dev.dualprocess.hub.HubSettings;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens when a command gets a hub id that is not in the cache. */
class DownloadOfferTest {
  private static final HubId ID = new HubId("maker/tiny");

  @TempDir Path cache;
  private final List<String> questions = new ArrayList<>();

  private final class Answering implements Terminal {
    private final boolean answer;

    Answering(boolean answer) {
      this.answer = answer;
    }

    @Override
    public boolean isThere() {
      return true;
    }

    @Override
    public boolean agrees(String question) {
      questions.add(question);
      return answer;
    }
  }

  private static FolderHub hub(String fixture) throws IOException {
    return new FolderHub(ID.text(), Fixtures.path(fixture));
  }

  private DownloadOffer offer(FolderHub hub, boolean yes, boolean offline, Terminal terminal) {
    HubSettings settings = new HubSettings(hub.address(), Optional.empty(), cache, offline);
    return new DownloadOffer(
        settings, yes, terminal, new Console(new PrintWriter(new StringWriter()), true));
  }

  private boolean isThere() throws IOException {
    return new HubCache(cache).snapshot(ID.text()).isPresent();
  }

  @Test
  void whoAgreesGetsTheFiles() throws IOException {
    try (FolderHub hub = hub("tiny-flux-schnell")) {
      offer(hub, false, false, new Answering(true)).make(ID, "generator");
      assertEquals(1, questions.size());
      assertTrue(
          questions
              .get(0)
              .matches(
                  "maker/tiny is not in the cache; [\\d.]+ [kM]B from 127.0.0.1. Download\\? \\[y/N]"),
          questions::toString);
      assertTrue(isThere());
      int asked = hub.asked().size();
      offer(hub, false, false, new Answering(true)).make(ID, "generator");
      assertEquals(asked, hub.asked().size());
      assertEquals(1, questions.size());
    }
  }

  @Test
  void whoDoesNotAgreeIsToldHowToGetThem() throws IOException {
    try (FolderHub hub = hub("tiny-flux-schnell")) {
      DownloadOffer offer = offer(hub, false, false, new Answering(false));
      IOException e = assertThrows(IOException.class, () -> offer.make(ID, "generator"));
      assertEquals(
          "maker/tiny is not in the cache; `dualprocess models get maker/tiny` downloads it",
          e.getMessage());
      assertFalse(isThere());
    }
  }

  @Test
  void yesOnTheCommandLineIsEnough() throws IOException {
    try (FolderHub hub = hub("tiny-qwen25vl")) {
      offer(hub, true, false, Terminal.NONE).make(ID, "verifier");
      assertTrue(isThere());
    }
  }

  @Test
  void whereNobodyCanBeAskedTheHubIsNotEither() throws IOException {
    try (FolderHub hub = hub("tiny-flux-schnell")) {
      offer(hub, false, false, Terminal.NONE).make(ID, "generator");
      assertEquals(List.of(), hub.asked());
      assertFalse(isThere());
    }
  }

  @Test
  void offlineIsToldInOneLine() throws IOException {
    try (FolderHub hub = hub("tiny-flux-schnell")) {
      DownloadOffer offer = offer(hub, true, true, new Answering(true));
      IOException e = assertThrows(IOException.class, () -> offer.make(ID, "generator"));
      assertEquals(
          "maker/tiny is not in the cache " + cache + ", and HF_HUB_OFFLINE is set",
          e.getMessage());
      assertEquals(List.of(), hub.asked());
    }
  }

  @Test
  void aVerifierIsNoGenerator() throws IOException {
    try (FolderHub hub = hub("tiny-qwen25vl")) {
      DownloadOffer offer = offer(hub, true, false, Terminal.NONE);
      IOException e = assertThrows(IOException.class, () -> offer.make(ID, "generator"));
      assertTrue(
          e.getMessage().startsWith("maker/tiny is no generator: it is read by verifier "),
          e::getMessage);
      assertFalse(isThere());
    }
  }

  @Test
  void whatNoProviderReadsIsToldByItsClass() throws IOException {
    Path other = Files.createDirectories(cache.resolve("other"));
    Files.writeString(other.resolve("model_index.json"), "{\"_class_name\": \"FluxFillPipeline\"}");
    try (FolderHub hub = new FolderHub(ID.text(), other)) {
      DownloadOffer offer = offer(hub, true, false, Terminal.NONE);
      IOException e = assertThrows(IOException.class, () -> offer.make(ID, "generator"));
      assertEquals(
          "maker/tiny: FluxFillPipeline is not read; the generators here read FluxPipeline,"
              + " SanaPipeline, SanaSprintPipeline",
          e.getMessage());
    }
  }

  @Test
  void aFolderOfThatNameIsNoHubId() {
    assertEquals(Optional.of(ID), DownloadOffer.idIn("maker/tiny"));
    assertEquals(Optional.empty(), DownloadOffer.idIn("src/main"));
    assertEquals(Optional.empty(), DownloadOffer.idIn("tiny"));
    assertEquals(Optional.empty(), DownloadOffer.idIn(cache.toString()));
  }
}
