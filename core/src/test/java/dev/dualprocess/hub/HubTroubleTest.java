package dev.dualprocess.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.hub.FakeHub.Trick;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from hubs, and over lines, that do not behave. */
@Timeout(60)
class HubTroubleTest {
  private static final String FILE = "deep/model.safetensors";
  private static final FakeRepo REPO = new FakeRepo().with("config.json", "{}").with(FILE, 300_000);
  private static final byte[] CONTENT = REPO.content(FILE);

  @TempDir Path cache;
  private final Heard heard = new Heard();
  private final AtomicInteger asked = new AtomicInteger();

  /** Answers the first requests for the large file. */
  private Trick first(int times, Trick trick) {
    return (request, out) ->
        request.target().endsWith("/" + FILE)
            && asked.incrementAndGet() <= times
            && trick.answer(request, out);
  }

  private Path get(FakeHub server) throws IOException {
    return Quick.download(Quick.hub(server, cache)).run(heard);
  }

  private void assertArrives(FakeHub server) throws IOException {
    assertArrayEquals(CONTENT, Files.readAllBytes(get(server).resolve(FILE)));
    assertEquals(heard.total, heard.bytes.get(), "bytes that the listener was told of");
  }

  private Path incomplete() {
    return Incomplete.beside(new Storage(cache, FakeRepo.ID).blob(REPO.file(FILE)));
  }

  private void left(byte[] content) throws IOException {
    Files.createDirectories(incomplete().getParent());
    Files.write(incomplete(), content);
  }

  @Test
  void goesOnWhereAFormerProcessStopped() throws IOException {
    left(Arrays.copyOf(CONTENT, 123_456));
    try (FakeHub server = new FakeHub(REPO)) {
      assertArrives(server);
      assertEquals(1, server.requests(FILE).size());
      assertEquals("bytes=123456-", server.requests(FILE).get(0).header("Range"));
    }
  }

  @Test
  void whatHasArrivedWholeIsOnlyChecked() throws IOException {
    left(CONTENT);
    try (FakeHub server = new FakeHub(REPO)) {
      assertArrives(server);
      assertEquals(0, server.requests(FILE).size());
    }
  }

  @Test
  void whatIsTooLongStartsAgain() throws IOException {
    left(Arrays.copyOf(CONTENT, CONTENT.length + 1));
    try (FakeHub server = new FakeHub(REPO)) {
      assertArrives(server);
    }
  }

  @Test
  void startsAgainWhereTheServerKnowsNoRange() throws IOException {
    left(Arrays.copyOf(CONTENT, 123_456));
    Trick whole =
        (request, out) -> {
          LoopbackServer.head(out, 200, CONTENT.length);
          out.write(CONTENT);
          return true;
        };
    try (FakeHub server = new FakeHub(REPO, first(1, whole))) {
      assertArrives(server);
      assertEquals(1, server.requests(FILE).size());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Range: bytes 0-299999/300000",
        "Content-Range: bytes 123456-299999/300001",
        "Content-Range: nonsense",
        "X: 1"
      })
  void aRangeThatWasNotAskedForIsNotBelieved(String range) throws IOException {
    left(Arrays.copyOf(CONTENT, 123_456));
    Trick other =
        (request, out) -> {
          LoopbackServer.head(out, 206, CONTENT.length - 123_456, range);
          out.write(CONTENT, 0, CONTENT.length - 123_456);
          return true;
        };
    try (FakeHub server = new FakeHub(REPO, first(1, other))) {
      assertArrives(server);
      assertEquals(2, server.requests(FILE).size());
      assertEquals("", server.requests(FILE).get(1).header("Range"));
    }
  }

  @Test
  void aBodyThatStallsIsLeft() throws IOException {
    Trick stall =
        (request, out) -> {
          LoopbackServer.head(out, 200, CONTENT.length);
          out.write(CONTENT, 0, 100_000);
          out.flush();
          Thread.sleep(20_000);
          return true;
        };
    try (FakeHub server = new FakeHub(REPO, first(1, stall))) {
      assertArrives(server);
      assertEquals("bytes=100000-", server.requests(FILE).get(1).header("Range"));
      assertTrue(heard.waits.get(0).contains("has sent nothing for"), heard.waits::toString);
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsLeft() throws IOException {
    Trick silent =
        (request, out) -> {
          Thread.sleep(20_000);
          return true;
        };
    try (FakeHub server = new FakeHub(REPO, first(1, silent))) {
      assertArrives(server);
    }
  }

  @Test
  void aSlowBodyIsNotLeft() throws IOException {
    Trick slow =
        (request, out) -> {
          LoopbackServer.head(out, 200, CONTENT.length);
          for (int at = 0; at < CONTENT.length; at += 50_000) {
            Thread.sleep(300); // together longer than a stall
            out.write(CONTENT, at, 50_000);
            out.flush();
          }
          return true;
        };
    try (FakeHub server = new FakeHub(REPO, first(1, slow))) {
      assertArrives(server);
      assertEquals(1, server.requests(FILE).size());
    }
  }

  @Test
  void aBrokenConnectionIsMadeAgainAsLongAsItBringsSomething() throws IOException {
    Trick breaking =
        (request, out) -> {
          int from = Math.max(0, CONTENT.length - remaining(request));
          String told = "Content-Range: bytes %d-299999/300000".formatted(from);
          LoopbackServer.head(out, from == 0 ? 200 : 206, CONTENT.length - from, told);
          out.write(CONTENT, from, 20_000);
          return true; // and no more
        };
    try (FakeHub server = new FakeHub(REPO, first(10, breaking))) {
      assertArrives(server);
      assertEquals(11, server.requests(FILE).size()); // more often than it may fail in a row
    }
  }

  private static int remaining(LoopbackServer.Request request) {
    String range = request.header("Range").replaceAll("\\D", "");
    return CONTENT.length - (range.isEmpty() ? 0 : Integer.parseInt(range));
  }

  @Test
  void whatNeverComesIsGivenUpWithTheFilesName() throws IOException {
    Trick gone =
        (request, out) -> {
          throw new IOException("break off");
        };
    try (FakeHub server = new FakeHub(REPO, first(99, gone))) {
      IOException e = assertThrows(IOException.class, () -> get(server));
      assertTrue(e.getMessage().startsWith(FILE + ": 127.0.0.1: "), e::getMessage);
      assertTrue(e.getMessage().endsWith("tried 4 times"), e::getMessage);
      assertTrue(server.requests(FILE).size() >= 4);
    }
  }

  @Test
  void whatStoppedHalfwayIsKeptForTheNextTime() throws IOException {
    Trick half =
        (request, out) -> {
          if (asked.get() == 1) {
            LoopbackServer.head(out, 200, CONTENT.length);
            out.write(CONTENT, 0, 150_000);
          } else {
            LoopbackServer.text(out, 503, "");
          }
          return true;
        };
    try (FakeHub server = new FakeHub(REPO, first(5, half))) {
      assertThrows(IOException.class, () -> get(server));
      assertEquals(150_000, Files.size(incomplete()));
      assertFalse(Files.exists(cache.resolve("models--maker--model/refs/main")));
      assertEquals(Optional.empty(), new HubCache(cache).snapshot("maker/model"));
      asked.set(99);
      assertArrives(server);
      assertEquals("bytes=150000-", server.requests(FILE).get(4).header("Range"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {299_999, 300_001})
  void aLengthThatIsNotThatOfTheListIsNotBelieved(int length) throws IOException {
    Trick lying =
        (request, out) -> {
          LoopbackServer.head(out, 200, length);
          out.write(Arrays.copyOf(CONTENT, length));
          return true;
        };
    try (FakeHub server = new FakeHub(REPO, first(1, lying))) {
      assertArrives(server);
    }
  }

  private static Trick wrong(byte[] content) {
    return (request, out) -> {
      FakeHub.content(request, content, out);
      return true;
    };
  }

  @Test
  void wrongContentIsBroughtOnceMore() throws IOException {
    byte[] wrong = CONTENT.clone();
    wrong[200_000] ^= 1;
    try (FakeHub server = new FakeHub(REPO, first(1, wrong(wrong)))) {
      assertArrives(server);
      assertEquals(2, server.requests(FILE).size());
    }
  }

  @Test
  void wrongContentTwiceIsRefusedAndGone() throws IOException {
    byte[] wrong = CONTENT.clone();
    wrong[200_000] ^= 1;
    left(Arrays.copyOf(wrong, 250_000));
    try (FakeHub server = new FakeHub(REPO, first(99, wrong(wrong)))) {
      IOException e = assertThrows(IOException.class, () -> get(server));
      assertTrue(e.getMessage().startsWith(FILE + " of maker/model: "), e::getMessage);
      assertTrue(e.getMessage().contains("sha256 is not"), e::getMessage);
      assertEquals("", server.requests(FILE).get(1).header("Range"));
      assertFalse(Files.exists(incomplete()));
      assertFalse(Files.exists(new Storage(cache, FakeRepo.ID).blob(REPO.file(FILE))));
    }
  }

  @Test
  void smallFilesAreCheckedToo() throws IOException {
    Trick other =
        (request, out) -> {
          if (request.target().endsWith("/config.json")) {
            LoopbackServer.text(out, 200, "[]");
            return true;
          }
          return false;
        };
    try (FakeHub server = new FakeHub(REPO, other)) {
      IOException e = assertThrows(IOException.class, () -> get(server));
      assertTrue(e.getMessage().contains("git-sha1 is not"), e::getMessage);
    }
  }

  @Test
  void aBusyServerIsGivenTheTimeItAsksFor() throws IOException {
    String date =
        ZonedDateTime.now(ZoneOffset.UTC).plusHours(9).format(DateTimeFormatter.RFC_1123_DATE_TIME);
    String[] asks = {"Retry-After: 0", "Retry-After: 99999", "Retry-After: " + date};
    Trick busy =
        (request, out) -> {
          LoopbackServer.text(out, 429, "", asks[asked.get() - 1]);
          return true;
        };
    try (FakeHub server = new FakeHub(REPO, first(3, busy))) {
      long before = System.nanoTime();
      assertArrives(server);
      long millis = (System.nanoTime() - before) / 1_000_000;
      assertTrue(millis >= 600, () -> millis + " ms"); // twice the longest that is waited
      assertTrue(heard.waits.get(0).endsWith("answers 429; again in 0 s"), heard.waits::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void whatMayPassIsTriedAgain(int status) throws IOException {
    Trick failing =
        (request, out) -> {
          LoopbackServer.text(out, status, "no");
          return true;
        };
    try (FakeHub server = new FakeHub(REPO, first(2, failing))) {
      assertArrives(server);
      assertEquals(3, server.requests(FILE).size());
    }
  }
}
