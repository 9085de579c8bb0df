package dev.dualprocess.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Downloads from a hub that behaves. */
class HubDownloadTest {
  private static final FakeRepo REPO = FakeRepo.flux(200_000);

  @TempDir Path cache;

  private static void assertWhole(FakeRepo repo, Path snapshot) throws IOException {
    for (RepoFile file : repo.files()) {
      byte[] content = Files.readAllBytes(snapshot.resolve(file.path()));
      assertArrayEquals(repo.content(file.path()), content, file.path());
    }
  }

  private static long bytesOfDistinctContents() {
    Map<String, Long> sizes = new HashMap<>();
    REPO.files().forEach(file -> sizes.put(file.etag(), file.size()));
    return sizes.values().stream().mapToLong(size -> size).sum();
  }

  private Tuning with(Links links) {
    Tuning t = Quick.TUNING;
    return new Tuning(
        t.connect(), t.stall(), t.attempts(), t.pause(), t.longest(), 3, t.space(), links);
  }

  @Test
  void theCacheIsLaidOutAsPythonHasIt() throws IOException {
    Heard heard = new Heard();
    try (FakeHub server = new FakeHub(REPO)) {
      HubDownload download = Quick.download(Quick.hub(server, cache));
      assertFalse(download.complete());
      assertEquals(bytesOfDistinctContents(), download.missingBytes());
      Path snapshot = download.run(heard);
      assertTrue(download.complete());
      assertEquals(cache.resolve("models--maker--model/snapshots/" + FakeRepo.COMMIT), snapshot);
      assertWhole(REPO, snapshot);
      assertEquals(heard.total, heard.bytes.get());
      assertEquals(List.of(), heard.waits);
    }
    Path model = cache.resolve("models--maker--model");
    assertEquals(FakeRepo.COMMIT, Files.readString(model.resolve("refs/main")));
    RepoFile deep = REPO.file("vae/diffusion_pytorch_model.safetensors");
    Path link = model.resolve("snapshots/" + FakeRepo.COMMIT + "/" + deep.path());
    assertEquals(Path.of("../../../blobs/" + deep.etag()), Files.readSymbolicLink(link));
    Path small = model.resolve("snapshots/" + FakeRepo.COMMIT + "/model_index.json");
    assertEquals(
        Path.of("../../blobs/" + REPO.file("model_index.json").oid()),
        Files.readSymbolicLink(small));
    assertTrue(Files.exists(cache.resolve(".locks/models--maker--model/" + deep.etag() + ".lock")));
    try (Stream<Path> blobs = Files.list(model.resolve("blobs"))) {
      assertTrue(blobs.noneMatch(blob -> blob.toString().endsWith(".incomplete")));
    }
    assertEquals(
        Optional.of(model.resolve("snapshots/" + FakeRepo.COMMIT)),
        new HubCache(cache).snapshot("maker/model"));
  }

  @Test
  void whatIsThereIsNotAskedForAgain() throws IOException {
    try (FakeHub server = new FakeHub(REPO)) {
      Quick.get(Quick.hub(server, cache));
      Files.delete(new Storage(cache, FakeRepo.ID).blob(REPO.file("vae/config.json")));
      int before = server.requests().size();
      Quick.get(Quick.hub(server, cache));
      assertEquals(before + 3, server.requests().size()); // commit, list, and the one file
      Quick.get(Quick.hub(server, cache));
      assertEquals(before + 5, server.requests().size());
    }
  }

  @Test
  void aModelThatIsWholeNeedsNoHub() throws IOException {
    HubSettings online;
    try (FakeHub server = new FakeHub(REPO)) {
      Quick.get(Quick.hub(server, cache));
      online = Quick.settings(server.address(), cache);
    }
    Hub offline = new Hub(new HubSettings(online.endpoint(), Optional.empty(), cache, true));
    Repo repo = offline.remembered(FakeRepo.ID, "main").orElseThrow();
    assertEquals(List.copyOf(REPO.files()).size(), repo.files().size());
    assertWhole(REPO, offline.download(repo, repo).run(HubListener.NONE));
    IOException e =
        assertThrows(IOException.class, () -> offline.list(FakeRepo.ID, "main", HubListener.NONE));
    assertTrue(e.getMessage().startsWith("HF_HUB_OFFLINE is set"), e::getMessage);
  }

  @Test
  void aListOfManyPagesIsReadToItsEnd() throws IOException {
    try (FakeHub server = new FakeHub(REPO, FakeHub.Trick.NONE, 3)) {
      assertWhole(REPO, Quick.get(Quick.hub(server, cache)));
    }
  }

  @Test
  void someOfTheFilesCanBeWanted() throws IOException {
    try (FakeHub server = new FakeHub(REPO)) {
      Hub hub = Quick.hub(server, cache);
      Repo repo = hub.list(FakeRepo.ID, "main", HubListener.NONE);
      Path snapshot =
          hub.download(repo, repo.wanted(List.of("model_index.json", "vae/*"))).run(new Heard());
      try (Stream<Path> files = Files.walk(snapshot)) {
        assertEquals(3, files.filter(Files::isRegularFile).count());
      }
      assertTrue(hub.content(repo, REPO.file("vae/config.json"), HubListener.NONE).length > 0);
      assertEquals(1, server.requests("vae/config.json").size());
    }
  }

  @Test
  void aBranchOfAnotherNameIsRemembered() throws IOException {
    try (FakeHub server = new FakeHub(REPO)) {
      Hub hub = Quick.hub(server, cache);
      Repo repo = hub.list(FakeRepo.ID, "refs/pr/1", HubListener.NONE);
      hub.download(repo, repo).run(HubListener.NONE);
      assertTrue(server.requests().get(0).target().endsWith("/revision/refs%2Fpr%2F1"));
      assertThrows(
          IllegalArgumentException.class, () -> hub.list(FakeRepo.ID, "../x", HubListener.NONE));
    }
    Path ref = cache.resolve("models--maker--model/refs/refs/pr/1");
    assertEquals(FakeRepo.COMMIT, Files.readString(ref));
  }

  @Test
  void withoutSymbolicLinksFilesHaveTwoNames() throws IOException {
    Links noSymbolic =
        new Links() {
          @Override
          public void symbolic(Path link, Path text) throws IOException {
            throw new IOException("no privilege");
          }
        };
    try (FakeHub server = new FakeHub(REPO)) {
      Path snapshot = Quick.get(new Hub(Quick.settings(server.address(), cache), with(noSymbolic)));
      assertWhole(REPO, snapshot);
      Path small = snapshot.resolve("model_index.json");
      assertFalse(Files.isSymbolicLink(small));
      assertTrue(
          Files.isSameFile(
              small, new Storage(cache, FakeRepo.ID).blob(REPO.file("model_index.json"))));
    }
  }

  @Test
  void withoutLinksFilesAreCopied() throws IOException {
    Links none =
        new Links() {
          @Override
          public void symbolic(Path link, Path text) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void hard(Path link, Path blob) throws IOException {
            throw new IOException("no such file system");
          }
        };
    try (FakeHub server = new FakeHub(REPO)) {
      Hub hub = new Hub(Quick.settings(server.address(), cache), with(none));
      Path snapshot = Quick.get(hub);
      assertWhole(REPO, snapshot);
      assertFalse(
          Files.isSameFile(
              snapshot.resolve("model_index.json"),
              new Storage(cache, FakeRepo.ID).blob(REPO.file("model_index.json"))));
      assertTrue(Quick.download(hub).complete());
    }
  }

  @Test
  void roomIsAskedForFirst() throws IOException {
    Tuning t = Quick.TUNING;
    Tuning full =
        new Tuning(t.connect(), t.stall(), 4, t.pause(), t.longest(), 3, f -> 12_345, Links.SYSTEM);
    try (FakeHub server = new FakeHub(REPO)) {
      Hub hub = new Hub(Quick.settings(server.address(), cache), full);
      IOException e = assertThrows(IOException.class, () -> Quick.get(hub));
      String needed = HubDownload.size(Quick.download(hub).missingBytes());
      assertTrue(
          e.getMessage().startsWith("maker/model: " + needed + " are needed in " + cache),
          e::getMessage);
      assertTrue(e.getMessage().contains("12.3 kB are free"), e::getMessage);
      assertFalse(Files.exists(cache.resolve("models--maker--model")));
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskIsToldWithTheFile() throws IOException {
    try (FakeHub server = new FakeHub(REPO)) {
      RepoFile file = REPO.file("vae/diffusion_pytorch_model.safetensors");
      Path blob = new Storage(cache, FakeRepo.ID).blob(file);
      Files.createDirectories(blob.getParent());
      Files.createSymbolicLink(Incomplete.beside(blob), Path.of("/dev/full"));
      IOException e = assertThrows(IOException.class, () -> Quick.get(Quick.hub(server, cache)));
      assertTrue(e.getMessage().startsWith(file.path() + " cannot be written"), e::getMessage);
      assertTrue(e.getMessage().contains("No space left on device"), e::getMessage);
      assertEquals(1, server.requests(file.path()).size());
    }
  }

  @Test
  void sizesAreReadable() {
    assertEquals("0 B", HubDownload.size(0));
    assertEquals("999 B", HubDownload.size(999));
    assertEquals("1.0 kB", HubDownload.size(1000));
    assertEquals("1.0 MB", HubDownload.size(999_999));
    assertEquals("33.7 GB", HubDownload.size(33_700_000_000L));
  }
}
