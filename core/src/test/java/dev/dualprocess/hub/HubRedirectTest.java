package dev.dualprocess.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.hub.FakeHub.Trick;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the token goes, and where not. */
@Timeout(30)
class HubRedirectTest {
  private static final String FILE = "model.safetensors";
  private static final FakeRepo REPO = new FakeRepo().with("config.json", "{}").with(FILE, 10_000);

  @TempDir Path cache;

  private static Trick redirect(String suffix, String location) {
    return (request, out) -> {
      if (request.target().endsWith(suffix)) {
        LoopbackServer.text(out, 302, "moved", "Location: " + location);
        return true;
      }
      return false;
    };
  }

  private static void assertToken(FakeHub server, String... expected) {
    assertEquals(
        java.util.List.of(expected),
        server.requests().stream().map(request -> request.header("Authorization")).toList());
  }

  @Test
  void anotherPortDoesNotGetTheToken() throws IOException {
    String path = "/" + FakeRepo.ID + "/resolve/" + FakeRepo.COMMIT + "/" + FILE;
    try (FakeHub store = new FakeHub(REPO);
        FakeHub server = new FakeHub(REPO, redirect(FILE, store.address() + path))) {
      Quick.get(Quick.hub(server, cache));
      assertToken(store, "");
      String token = "Bearer hf_secret";
      assertToken(server, token, token, token, token);
    }
  }

  @Test
  void anotherNameOfTheSameHostDoesNotGetItNorDoesTheHubAfterIt() throws IOException {
    Trick there =
        (request, out) -> {
          if (!request.target().endsWith(FILE)) {
            return false;
          }
          String port = request.header("Host").replaceAll(".*:", "");
          LoopbackServer.text(out, 307, "", "Location: http://localhost:" + port + "/elsewhere");
          return true;
        };
    Trick back =
        (request, out) -> {
          if (!request.target().equals("/elsewhere")) {
            return there.answer(request, out);
          }
          String port = request.header("Host").replaceAll(".*:", "");
          LoopbackServer.text(out, 302, "", "Location: http://127.0.0.1:" + port + "/content");
          return true;
        };
    Trick all =
        (request, out) -> {
          if (request.target().equals("/content")) {
            FakeHub.content(request, REPO.content(FILE), out);
            return true;
          }
          return back.answer(request, out);
        };
    try (FakeHub server = new FakeHub(REPO, all)) {
      Quick.get(Quick.hub(server, cache));
      for (String target : new String[] {"/elsewhere", "/content"}) {
        LoopbackServer.Request request =
            server.requests().stream()
                .filter(r -> r.target().equals(target))
                .findFirst()
                .orElseThrow();
        assertEquals("", request.header("Authorization"), target);
      }
    }
  }

  @Test
  void aStoreThatRefusesIsAskedThroughTheHubAgain() throws IOException {
    String path = "/" + FakeRepo.ID + "/resolve/" + FakeRepo.COMMIT + "/" + FILE;
    AtomicInteger asked = new AtomicInteger();
    Trick expired =
        (request, out) -> {
          if (asked.incrementAndGet() == 1) {
            LoopbackServer.text(out, 403, "the signature is of yesterday");
            return true;
          }
          return false;
        };
    try (FakeHub store = new FakeHub(REPO, expired);
        FakeHub server = new FakeHub(REPO, redirect(FILE, store.address() + path))) {
      Quick.get(Quick.hub(server, cache));
      assertEquals(2, server.requests(FILE).size());
    }
  }

  @Test
  void aModelThatMovedIsFollowedWithTheToken() throws IOException {
    String api = "/api/models/" + FakeRepo.ID + "/revision/main";
    try (FakeHub server = new FakeHub(REPO, redirect("/revision/main", api + "?renamed"))) {
      Quick.get(Quick.hub(server, cache));
      assertEquals(5, server.requests().size());
      assertTrue(
          server.requests().stream()
              .allMatch(request -> request.header("Authorization").equals("Bearer hf_secret")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "ftp://x/y", "http://[", "", "/%"})
  void oddAddressesAreNotFollowed(String location) throws IOException {
    try (FakeHub server = new FakeHub(REPO, redirect(FILE, location))) {
      IOException e = assertThrows(IOException.class, () -> Quick.get(Quick.hub(server, cache)));
      assertTrue(e.getMessage().contains("redirect"), e::getMessage);
    }
  }

  @Test
  void aCircleIsLeft() throws IOException {
    try (FakeHub server = new FakeHub(REPO, redirect(FILE, "/" + FILE))) {
      IOException e = assertThrows(IOException.class, () -> Quick.get(Quick.hub(server, cache)));
      assertTrue(
          e.getMessage().endsWith("redirects more than 10 times; see HF_ENDPOINT"), e::getMessage);
    }
  }
}
