package dev.dualprocess.text.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.LoggedLines;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts of an encoder of made-up files. */
class TextCacheTest {
  private static final Set<String> NAMES = Set.of("embeds", "mask");
  private static final Placement BF16 = new Placement("cpu", Dtype.BFLOAT16);

  @TempDir private Path temporary;
  private Path encoder;
  private TextCache cache;
  private PointerScope scope;

  @BeforeEach
  void writeEncoder() throws IOException {
    scope = new PointerScope();
    encoder = Files.createDirectories(temporary.resolve("encoder"));
    Files.writeString(encoder.resolve("config.json"), "{}");
    Files.writeString(encoder.resolve("model.safetensors"), "weights");
    cache = TextCache.in(temporary.resolve("a/cache"));
  }

  @AfterEach
  void closeScope() {
    scope.close();
  }

  private EncodedTexts texts(TextCache in) {
    return EncodedTexts.of(
        Optional.of(in), WeightSource.FILES, List.of(encoder), Placement.CPU, "300 tokens");
  }

  private EncodedTexts texts() {
    return texts(cache);
  }

  private static Map<String, Tensor> tensors(long seed) {
    return Map.of(
        "embeds", BF16.place(Noise.randn(seed, 1, 5, 8)), "mask", Ops.longs(new long[] {1, 0}, 2));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(cache.folder())) {
      return files.sorted().toList();
    }
  }

  private boolean has(String text) {
    return texts().find(text, NAMES).isPresent();
  }

  @Test
  void whatIsFoundIsWhatWasKeptBitForBit() {
    Map<String, Tensor> kept = tensors(1);
    texts().keep("a cat", kept);
    Map<String, Tensor> found = texts().find("a cat", NAMES).orElseThrow();
    assertEquals(NAMES, found.keySet());
    assertEquals(Dtype.BFLOAT16, Dtype.of(found.get("embeds")));
    assertEquals(Dtype.INT64, Dtype.of(found.get("mask")));
    assertArrayEquals(kept.get("embeds").shape(), found.get("embeds").shape());
    kept.forEach((name, tensor) -> assertTrue(tensor.equal(found.get(name)), name));
  }

  @Test
  void everythingThatCountsMakesAnotherKey() {
    texts().keep("a cat", tensors(1));
    List<Path> parts = List.of(encoder);
    Optional<TextCache> there = Optional.of(cache);
    WeightSource files = WeightSource.FILES;
    List<EncodedTexts> others =
        List.of(
            EncodedTexts.of(there, files, parts, BF16, "300 tokens"),
            EncodedTexts.of(there, files, parts, Placement.META, "300 tokens"),
            EncodedTexts.of(there, files, parts, Placement.CPU, "200 tokens"),
            EncodedTexts.of(there, files, List.of(encoder, encoder), Placement.CPU, "300 tokens"));
    others.forEach(other -> assertTrue(other.find("a cat", NAMES).isEmpty()));
    assertTrue(texts().find("a cat", Set.of("embeds")).isEmpty());
    assertTrue(texts().find("a cat ", NAMES).isEmpty());
    assertTrue(has("a cat"));
  }

  @Test
  void filesThatAreReadCountAndOthersDoNot() throws IOException {
    texts().keep("a cat", tensors(1));
    Files.writeString(encoder.resolve("README.md"), "read me");
    Files.setLastModifiedTime(
        encoder.resolve("model.safetensors"), FileTime.from(Instant.EPOCH)); // small: read whole
    assertTrue(has("a cat"));
    for (String file : List.of("model.safetensors", "config.json", "merges.txt", "spiece.model")) {
      Files.writeString(encoder.resolve(file), "other");
      assertFalse(has("a cat"), file);
      texts().keep("a cat", tensors(1));
      assertTrue(has("a cat"), file);
    }
  }

  /** Hollow, so that it takes no room: 100 MiB. */
  @Test
  void largeWeightsAreToldByTheirTimeAndSamples() throws IOException {
    Path weights = encoder.resolve("model.safetensors");
    try (RandomAccessFile file = new RandomAccessFile(weights.toFile(), "rw")) {
      file.setLength(100L << 20);
    }
    FileTime time = FileTime.from(Instant.parse("2024-01-01T00:00:00Z"));
    Files.setLastModifiedTime(weights, time);
    texts().keep("a cat", tensors(1));
    assertTrue(has("a cat"));
    for (long at : new long[] {10, (100L << 20) - 1}) {
      try (RandomAccessFile file = new RandomAccessFile(weights.toFile(), "rw")) {
        file.seek(at);
        file.write(1);
      }
      Files.setLastModifiedTime(weights, time);
      assertFalse(has("a cat"), "byte " + at);
      texts().keep("a cat", tensors(1));
    }
    Files.setLastModifiedTime(weights, FileTime.from(Instant.parse("2024-01-01T00:00:01Z")));
    assertFalse(has("a cat"));
  }

  @Test
  void brokenAndForeignFilesAreMissesAndReplaced() throws IOException {
    texts().keep("a cat", tensors(1));
    texts().keep("a dog", tensors(2));
    Path cat = files().get(0);
    Path dog = files().get(1);
    byte[] sound = Files.readAllBytes(cat);
    byte[] flipped = sound.clone();
    flipped[flipped.length - 3] ^= 1;
    List<byte[]> broken =
        List.of(
            new byte[0],
            "no safetensors".getBytes(StandardCharsets.UTF_8),
            Arrays.copyOf(sound, sound.length - 1),
            Arrays.copyOf(sound, 20),
            flipped,
            Files.readAllBytes(dog));
    for (byte[] bytes : broken) {
      Files.write(cat, bytes);
      assertFalse(has("a cat") && has("a dog"), bytes.length + " bytes");
      texts().keep("a cat", tensors(1));
      texts().keep("a dog", tensors(2));
      assertTrue(has("a cat") && has("a dog"));
    }
  }

  @Test
  void thoseThatWereNotUsedForLongestLeave() throws IOException {
    cache = cache.withMost(1 << 20, 3);
    for (int i = 0; i < 3; i++) {
      texts().keep("text " + i, tensors(i));
      for (Path file : files()) {
        Files.setLastModifiedTime(
            file, FileTime.from(Files.getLastModifiedTime(file).toInstant().minusSeconds(10)));
      }
    }
    assertTrue(has("text 0")); // used now
    texts().keep("text 3", tensors(3));
    assertTrue(has("text 0"));
    assertFalse(has("text 1"));
    assertTrue(has("text 2") && has("text 3"));
    assertEquals(3, files().size());
  }

  @Test
  void bytesAreBoundedAndForeignFilesStay() throws IOException {
    texts().keep("text", tensors(0));
    long one = Files.size(files().get(0));
    Path foreign = Files.writeString(cache.folder().resolve("notes.txt"), "mine");
    cache = cache.withMost(4 * one, 1000);
    for (int i = 0; i < 20; i++) {
      texts().keep("text " + i, tensors(i));
    }
    assertEquals(5, files().size());
    assertTrue(Files.exists(foreign));
    cache = cache.withMost(1, 1);
    texts().keep("text", tensors(0));
    assertEquals(List.of(foreign), files());
  }

  @Test
  void whatAProcessLeftUnfinishedIsRemovedAfterADay() throws IOException {
    texts().keep("a cat", tensors(1));
    String name = "." + files().get(0).getFileName();
    Path old = Files.writeString(cache.folder().resolve(name + ".1.tmp"), "half");
    Path fresh = Files.writeString(cache.folder().resolve(name + ".2.tmp"), "half");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    texts().keep("a dog", tensors(1));
    assertFalse(Files.exists(old));
    assertTrue(Files.exists(fresh));
  }

  @Test
  void theFolderMayBeDeletedAtAnyTime() throws IOException {
    EncodedTexts texts = texts();
    texts.keep("a cat", tensors(1));
    for (Path file : files()) {
      Files.delete(file);
    }
    Files.delete(cache.folder());
    assertTrue(texts.find("a cat", NAMES).isEmpty());
    texts.keep("a cat", tensors(1));
    assertTrue(texts.find("a cat", NAMES).isPresent());
  }

  @Test
  void textsAreNotStoredAndOthersCannotRead() throws IOException {
    texts().keep("a secret cat", tensors(1));
    for (Path file : files()) {
      String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
      assertFalse((file + bytes).contains("secret"));
    }
    if (Files.getFileStore(temporary).supportsFileAttributeView("posix")) {
      assertEquals(
          "rwx------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(cache.folder())));
    }
  }

  @Test
  void whatCannotBeWrittenIsToldOnceAndIsNoError() throws Exception {
    Path file = Files.writeString(temporary.resolve("file"), "in the way");
    EncodedTexts texts = texts(TextCache.in(file));
    List<String> logged =
        LoggedLines.warnings(
            () -> {
              texts.keep("a cat", tensors(1));
              texts.keep("a dog", tensors(1));
            });
    assertEquals(1, logged.size(), logged::toString);
    assertTrue(logged.get(0).contains(file.toString()), logged::toString);
    assertTrue(logged.get(0).contains("DUALPROCESS_TEXT_CACHE names another folder"));
    assertTrue(texts.find("a cat", NAMES).isEmpty());
  }

  @Test
  void smallEncodersRandomOnesAndMissingOnesAreNotKept() throws IOException {
    long bytes = Files.size(encoder.resolve("model.safetensors"));
    assertTrue(texts(new TextCache(cache.folder(), 1 << 20, 10, bytes)).isKept());
    assertFalse(texts(new TextCache(cache.folder(), 1 << 20, 10, bytes + 1)).isKept());
    List<Path> parts = List.of(encoder);
    WeightSource random = WeightSource.random(1);
    assertFalse(EncodedTexts.of(Optional.of(cache), random, parts, Placement.CPU, "").isKept());
    assertFalse(
        EncodedTexts.of(
                Optional.of(cache),
                WeightSource.FILES,
                List.of(temporary.resolve("none")),
                Placement.CPU,
                "")
            .isKept());
    EncodedTexts.NONE.keep("a cat", tensors(1));
    assertTrue(EncodedTexts.NONE.find("a cat", NAMES).isEmpty());
    assertFalse(Files.exists(cache.folder()));
  }

  /** Each deletes what another has just written. */
  @Test
  void severalMayUseOneFolderAtOnce() throws Exception {
    TextCache small = cache.withMost(1 << 20, 2);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> wrong = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        wrong.add(threads.submit(() -> wrong(small)));
      }
      for (Future<Integer> one : wrong) {
        assertEquals(0, one.get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertTrue(files().size() <= 4, files()::toString);
  }

  private int wrong(TextCache shared) {
    int wrong = 0;
    for (int i = 0; i < 40; i++) {
      try (PointerScope own = new PointerScope()) {
        Map<String, Tensor> kept = tensors(i % 5);
        EncodedTexts texts = texts(shared);
        texts.keep("text " + i % 5, kept);
        Optional<Map<String, Tensor>> found = texts.find("text " + i % 5, NAMES);
        wrong += found.isEmpty() || found.get().get("embeds").equal(kept.get("embeds")) ? 0 : 1;
      }
    }
    return wrong;
  }

  @Test
  void theFolderIsTheUsersUnlessAVariableNamesAnother() {
    Path home = Path.of(System.getProperty("user.home"));
    assertEquals(home.resolve(".cache/dualprocess/text"), TextCache.of(Map.of()).folder());
    assertEquals(
        Path.of("/c/dualprocess/text"), TextCache.of(Map.of("XDG_CACHE_HOME", "/c")).folder());
    Map<String, String> both = Map.of("XDG_CACHE_HOME", "/c", "DUALPROCESS_TEXT_CACHE", "/t");
    assertEquals(Path.of("/t"), TextCache.of(both).folder());
    assertEquals(
        home.resolve(".cache/dualprocess/text"),
        TextCache.of(Map.of("XDG_CACHE_HOME", " ", "DUALPROCESS_TEXT_CACHE", "")).folder());
  }

  @Test
  void aCacheNeedsRoom() {
    assertThrows(IllegalArgumentException.class, () -> cache.withMost(0, 1));
    assertThrows(IllegalArgumentException.class, () -> cache.withMost(1, 0));
  }
}
