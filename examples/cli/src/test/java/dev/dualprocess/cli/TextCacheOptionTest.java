package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.CopiedFolder;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.text.cache.TextCache;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Encoded texts are kept by the command line, unless it is told not to. */
class TextCacheOptionTest {
  @TempDir private Path temporary;

  private static Optional<TextCache> cache(String... args) {
    return CommandLine.populateCommand(new OpeningOptions(), args).at(Placement.CPU).textCache();
  }

  @Test
  void theUsersCacheIsTakenWhereTextsAreWorthIt() {
    assertEquals(Optional.of(TextCache.ofUser()), cache());
    assertEquals(Optional.empty(), cache("--no-text-cache"));
    assertEquals(Optional.empty(), cache("--random-weights"));
  }

  /** Sana's three texts, of an encoder that takes 64 MiB by a file that nobody reads. */
  @Test
  void generateKeepsItsTextsAndDrawsTheSameFromThem() throws Exception {
    Path model = CopiedFolder.of(Fixtures.path("tiny-sana"), temporary.resolve("model"));
    Path padding = model.resolve("text_encoder/padding.safetensors");
    try (RandomAccessFile file = new RandomAccessFile(padding.toFile(), "rw")) {
      file.setLength(64L << 20);
    }
    byte[] plain = drawn(model, "plain", "--no-text-cache");
    assertFalse(Files.exists(temporary.resolve("kept")));
    byte[] first = drawn(model, "first");
    List<Path> kept = kept();
    assertEquals(3, kept.size(), kept::toString);
    byte[] second = drawn(model, "second");
    assertEquals(kept, kept());
    assertEquals(List.of(plain.length, plain.length), List.of(first.length, second.length));
    assertEquals(-1, Arrays.mismatch(plain, first));
    assertEquals(-1, Arrays.mismatch(plain, second));
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(temporary.resolve("kept"))) {
      return files.sorted().toList();
    }
  }

  private byte[] drawn(Path model, String name, String... more) throws Exception {
    Path out = temporary.resolve(name);
    Path log = temporary.resolve(name + ".log");
    List<String> args = new ArrayList<>(List.of("generate", "--generator", model.toString()));
    args.addAll(List.of("--prompt", "a cat", "--inference-steps", "2", "--seed", "7"));
    args.addAll(List.of("--out", out.toString()));
    args.addAll(List.of(more));
    Map<String, String> there =
        Map.of("DUALPROCESS_TEXT_CACHE", temporary.resolve("kept").toString());
    Process process = ProcessRun.start(args, log, there, List.of());
    assertEquals(0, process.waitFor(), () -> ProcessRun.read(log));
    return Files.readAllBytes(out.resolve("seed-7.png"));
  }
}
