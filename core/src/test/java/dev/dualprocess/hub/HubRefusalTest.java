package dev.dualprocess.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.hub.FakeHub.Trick;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hub refuses, and hubs that are none, that lie or that are not there. */
@Timeout(60)
class HubRefusalTest {
  private static final FakeRepo REPO = new FakeRepo().with("config.json", "{}");

  @TempDir Path cache;
  private final Heard heard = new Heard();

  private Path get(FakeHub server) throws IOException {
    return Quick.get(Quick.hub(server, cache));
  }

  @ParameterizedTest
  @CsvSource({
    "401, GatedRepo,        has no access yet: ask for it at %s/maker/model",
    "403, GatedRepo,        has no access yet: ask for it at %s/maker/model",
    "401, RepoNotFound,     'or it is private: see %s/maker/model; the token in HF_TOKEN is not accepted'",
    "404, RepoNotFound,     'or it is private: see %s/maker/model; the token in HF_TOKEN does not show it'",
    "404, RevisionNotFound, 'has no revision ''main'': see %s/maker/model/tree/main'",
    "403, X,                'access denied: see %s/maker/model; the token in HF_TOKEN must be allowed'",
    "400, X,                answers 400 for list of files",
  })
  void whatIsRefusedIsToldInOneLine(int status, String code, String told) throws IOException {
    Trick refusing =
        (request, out) -> {
          LoopbackServer.text(out, status, "{}", "X-Error-Code: " + code);
          return true;
        };
    try (FakeHub server = new FakeHub(REPO, refusing)) {
      IOException e = assertThrows(IOException.class, () -> get(server));
      assertTrue(e.getMessage().contains(told.formatted(server.address())), e::getMessage);
      assertTrue(e.getMessage().startsWith("maker/model"), e::getMessage);
      assertFalse(e.getMessage().contains("secret"), e::getMessage);
      assertEquals(1, server.requests().size());
      assertFalse(Files.exists(cache.resolve("models--maker--model")));
    }
  }

  @Test
  void aGatedModelAsksForATokenWhereThereIsNone() throws IOException {
    Trick gated =
        (request, out) -> {
          LoopbackServer.text(out, 401, "{}", "X-Error-Code: GatedRepo");
          return true;
        };
    try (FakeHub server = new FakeHub(REPO, gated)) {
      Hub hub =
          new Hub(new HubSettings(server.address(), Optional.empty(), cache, false), Quick.TUNING);
      IOException e = assertThrows(IOException.class, () -> Quick.get(hub));
      assertEquals(
          "maker/model is gated: ask for access at %s/maker/model, then set HF_TOKEN to a token of yours"
              .formatted(server.address()),
          e.getMessage());
    }
  }

  @Test
  void aHubThatIsNotThereIsToldInOneLine() throws IOException {
    URI nowhere;
    try (FakeHub server = new FakeHub(REPO)) {
      nowhere = server.address();
    }
    Hub hub = new Hub(Quick.settings(nowhere, cache), Quick.TUNING);
    IOException e = assertThrows(IOException.class, () -> hub.list(FakeRepo.ID, "main", heard));
    assertEquals(
        "maker/model: 127.0.0.1: no connection; see to the network, and to HF_ENDPOINT if it is set",
        e.getMessage());
    assertEquals(List.of(), heard.waits, "it has never been there: nothing to wait for");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../etc/x",
        "/etc/passwd",
        "C:/x",
        "a\\\\..\\\\x",
        "a//b",
        "..",
        "a/\\u0000b"
      })
  void hostilePathsAreRefused(String path) throws IOException {
    Trick hostile =
        (request, out) -> {
          if (!request.target().contains("/tree/")) {
            return false;
          }
          String entry = FakeHub.entry(REPO.file("config.json")).replace("config.json", path);
          LoopbackServer.text(out, 200, "[" + entry + "]");
          return true;
        };
    try (FakeHub server = new FakeHub(REPO, hostile)) {
      IOException e = assertThrows(IOException.class, () -> get(server));
      assertTrue(e.getMessage().contains("is not a path inside a repository"), e::getMessage);
      try (Stream<Path> written = Files.list(cache)) {
        assertEquals(0, written.count());
      }
    }
  }

  @Test
  void aListThatIsCutIsAskedForAgainAndThenRefused() throws IOException {
    Trick cut =
        (request, out) -> {
          LoopbackServer.text(out, 200, "{\"sha\": \"0123");
          return true;
        };
    try (FakeHub server = new FakeHub(REPO, cut)) {
      IOException e = assertThrows(IOException.class, () -> get(server));
      assertTrue(e.getMessage().contains("a list that is cut or not JSON"), e::getMessage);
      assertEquals(4, server.requests().size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "{\"sha\": \"../../x\"}"})
  void aServerThatIsNoHubIsToldSo(String answer) throws IOException {
    Trick other =
        (request, out) -> {
          LoopbackServer.text(out, 200, answer);
          return true;
        };
    try (FakeHub server = new FakeHub(REPO, other)) {
      IOException e = assertThrows(IOException.class, () -> get(server));
      assertTrue(e.getMessage().contains("does not answer as the hub does"), e::getMessage);
    }
  }
}
