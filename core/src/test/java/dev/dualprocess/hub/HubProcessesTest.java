package dev.dualprocess.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dualprocess.hub.FakeHub.Trick;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Several at once, and one that is killed. */
@Timeout(240)
class HubProcessesTest {
  @TempDir Path folder;

  private Path cache() {
    return folder.resolve("cache");
  }

  private static void assertWhole(FakeRepo repo, Path snapshot) throws IOException {
    for (RepoFile file : repo.files()) {
      assertArrayEquals(
          repo.content(file.path()), Files.readAllBytes(snapshot.resolve(file.path())));
    }
  }

  /** So slowly that a second one comes meanwhile. */
  private static Trick slowly() {
    return (request, out) -> {
      if (!request.target().endsWith(".safetensors")) {
        return false;
      }
      Thread.sleep(300);
      return false;
    };
  }

  private static void assertEachIsAskedForOnce(FakeRepo repo, FakeHub server) {
    repo.files().stream()
        .filter(file -> file.sha256().isPresent())
        .forEach(file -> assertEquals(1, server.requests(file.path()).size(), file.path()));
  }

  @Test
  void twoThreadsBringEachFileOnce() throws Exception {
    FakeRepo repo = FakeRepo.flux(200_000);
    try (FakeHub server = new FakeHub(repo, slowly())) {
      List<CompletableFuture<Path>> two =
          Stream.of(1, 2).map(i -> CompletableFuture.supplyAsync(() -> get(server))).toList();
      for (CompletableFuture<Path> one : two) {
        assertWhole(repo, one.get(120, TimeUnit.SECONDS));
      }
      assertEachIsAskedForOnce(repo, server);
    }
  }

  private Path get(FakeHub server) {
    try {
      return Quick.get(Quick.hub(server, cache()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void twoProcessesBringEachFileOnce() throws Exception {
    FakeRepo repo = FakeRepo.flux(200_000);
    Path log = folder.resolve("log");
    try (FakeHub server = new FakeHub(repo, slowly())) {
      Process other = HubProcess.start(server.address(), cache(), log);
      while (server.requests().size() < 5 && other.isAlive()) {
        Thread.sleep(5);
      }
      assertWhole(repo, Quick.get(Quick.hub(server, cache())));
      assertTrue(other.waitFor(120, TimeUnit.SECONDS));
      assertEquals(0, other.exitValue(), () -> read(log));
      assertEachIsAskedForOnce(repo, server);
    }
  }

  /** Python locks with flock, of which Java's own locks know nothing. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aLockOfPythonIsWaitedFor() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/flock")));
    FakeRepo repo = new FakeRepo().with("config.json", "{}");
    Path lock = new Storage(cache(), FakeRepo.ID).lock(repo.file("config.json"));
    Process python = holding(lock, "true", "true");
    assertEquals(List.of("config.json is arriving in another process"), waits(repo));
    assertEquals(0, python.waitFor());
  }

  /**
   * A process that has a lock until somebody {@link #waits} for it, and does something at its
   * beginning and its end.
   */
  private Process holding(Path lock, String first, String last) throws Exception {
    Files.createDirectories(lock.getParent());
    Path held = folder.resolve("held");
    String script =
        "%s && touch '%s' && while [ ! -e '%s' ]; do sleep 0.02; done && %s"
            .formatted(first, held, folder.resolve("awaited"), last);
    Process process =
        new ProcessBuilder("/usr/bin/flock", lock.toString(), "sh", "-c", script).start();
    while (!Files.exists(held) && process.isAlive()) {
      Thread.sleep(5);
    }
    return process;
  }

  /** Why a download of everything had to wait. */
  private List<String> waits(FakeRepo repo) throws IOException {
    List<String> waits = new ArrayList<>();
    HubListener listener =
        new HubListener() {
          @Override
          public void waits(String why) {
            waits.add(why);
            assertTrue(folder.resolve("awaited").toFile().mkdir());
          }
        };
    try (FakeHub server = new FakeHub(repo)) {
      Quick.download(Quick.hub(server, cache())).run(listener);
    }
    return waits;
  }

  @Test
  void whatAKillLeftIsRemoved() throws IOException {
    Path model = cache().resolve("models--maker--model");
    List<Path> left =
        List.of(
            model.resolve("refs/.main.123.tmp"),
            model.resolve("trees/." + FakeRepo.COMMIT + ".json.456.tmp"));
    Path other = model.resolve("refs/other");
    for (Path file : List.of(left.get(0), left.get(1), other)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, "012");
    }
    try (FakeHub server = new FakeHub(new FakeRepo().with("config.json", "{}"))) {
      Quick.get(Quick.hub(server, cache()));
    }
    left.forEach(file -> assertFalse(Files.exists(file), file::toString));
    assertEquals("012", Files.readString(other));
    assertEquals(FakeRepo.COMMIT, Files.readString(model.resolve("refs/main")));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatAnotherProcessIsWritingIsNotRemoved() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/flock")));
    Path refs = Files.createDirectories(cache().resolve("models--maker--model/refs"));
    Path temporary = refs.resolve(".main.123.tmp");
    Process other =
        holding(
            new Storage(cache(), FakeRepo.ID).lockOfNames(),
            "touch '%s'".formatted(temporary),
            "mv '%s' '%s'".formatted(temporary, refs.resolve("main")));
    assertEquals(
        List.of("maker/model is being finished in another process"),
        waits(new FakeRepo().with("config.json", "{}")));
    assertEquals(0, other.waitFor());
    assertEquals(FakeRepo.COMMIT, Files.readString(refs.resolve("main")));
  }

  /** A list that is kept makes a download of a commit whole only with all else. */
  @Test
  void aKillBeforeTheListIsKeptIsMadeGood() throws IOException {
    try (FakeHub server = new FakeHub(new FakeRepo().with("config.json", "{}"))) {
      Hub hub = Quick.hub(server, cache());
      Repo repo = hub.list(FakeRepo.ID, FakeRepo.COMMIT, HubListener.NONE);
      new Storage(cache(), FakeRepo.ID).remember(repo);
      HubDownload download = hub.download(repo, repo);
      assertFalse(download.complete());
      download.run(HubListener.NONE);
      assertTrue(download.complete());
    }
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Twenty megabytes of which each kill finds some more there; the server sends in small doses. */
  @Test
  void aKillLosesNothingThatIsFinished() throws Exception {
    FakeRepo repo = new FakeRepo().with("config.json", "{}");
    for (int i = 0; i < 20; i++) {
      repo.with("part-" + i + ".safetensors", 1_000_000);
    }
    int kills = Integer.getInteger("hub.kills", 3);
    int most = 15_000_000 / kills;
    Trick measured =
        (request, out) -> {
          if (!request.target().endsWith(".safetensors")) {
            return false;
          }
          String path = request.target().replaceFirst(".*/resolve/\\w+/", "");
          Doses.send(request, repo.content(path), out);
          return true;
        };
    try (FakeHub server = new FakeHub(repo, measured)) {
      Map<Path, FileTime> finished = new HashMap<>();
      long arrived = 0;
      for (int kill = 0; kill < kills; kill++) {
        long before = arrived;
        Process process = HubProcess.start(server.address(), cache(), folder.resolve("log" + kill));
        while (arrived < before + most && process.isAlive()) {
          Thread.sleep(5);
          arrived = bytesThere();
        }
        assertTrue(process.isAlive(), "killed in the middle");
        process.destroyForcibly().waitFor();
        arrived = bytesThere();
        assertTrue(arrived >= before, "nothing is lost");
        assertUntouched(finished);
        finished.putAll(finished());
      }
      assertTrue(arrived >= 15_000_000 * 0.9);
      assertTrue(finished.size() >= 8, finished::toString);
      assertWhole(repo, Quick.get(Quick.hub(server, cache())));
      assertUntouched(finished);
    }
  }

  private static void assertUntouched(Map<Path, FileTime> finished) throws IOException {
    for (Map.Entry<Path, FileTime> one : finished.entrySet()) {
      assertEquals(one.getValue(), Files.getLastModifiedTime(one.getKey()), one::toString);
    }
  }

  private List<Path> blobs() throws IOException {
    Path blobs = cache().resolve("models--maker--model/blobs");
    if (!Files.isDirectory(blobs)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(blobs)) {
      return list.toList();
    }
  }

  private long bytesThere() throws IOException {
    return blobs().stream().mapToLong(blob -> blob.toFile().length()).sum();
  }

  private Map<Path, FileTime> finished() throws IOException {
    Map<Path, FileTime> finished = new HashMap<>();
    for (Path blob : blobs()) {
      if (!blob.toString().endsWith("incomplete")) {
        finished.put(blob, Files.getLastModifiedTime(blob));
      }
    }
    return finished;
  }
}
