package dev.dualprocess.cli.advice;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.MemorySize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docs/memory.md has a line for each of these, as {@code doctor} would advise. */
class AdviceTableTest {
  private static final long GIB = 1 << 30;

  @ParameterizedTest
  @CsvSource({
    "cpu, 4, 4",
    "cpu, 5, 5",
    "cpu, 8, 8",
    "cpu, 12, 12",
    "cpu, 16, 16",
    "cpu, 24, 24",
    "cuda:0, 8, 8",
    "cuda:0, 8, 16",
    "cuda:0, 12, 8",
    "cuda:0, 16, 8",
    "cuda:0, 24, 8"
  })
  void theDocumentAdvisesTheSame(String device, long gib, long hostGib) throws IOException {
    AdvisedPair pair = AdvisedPairs.best(device, gib * GIB, hostGib * GIB).orElseThrow();
    String line = line(device, gib, hostGib, pair);
    assertTrue(document().contains(line), () -> "docs/memory.md has no line " + line);
  }

  private static String line(String device, long gib, long hostGib, AdvisedPair pair) {
    return "| %s | %s, %s | `%s` | %s | %s |"
        .formatted(
            device.equals("cpu") ? gib + " GiB" : "GPU %d GiB, host %d GiB".formatted(gib, hostGib),
            name(pair.generator()),
            name(pair.verifier()),
            pair.options().replace("--dtype bf16 --recompute on ", ""),
            size(pair.predicted()),
            pair.measured() > 0 ? size(pair.measured()) : "");
  }

  private static String name(String id) {
    return id.substring(id.indexOf('/') + 1);
  }

  private static String size(long mib) {
    return new MemorySize(mib << 20).toString();
  }

  private static String document() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("CONTRIBUTING.md"))) {
      folder = folder.getParent();
    }
    return Files.readString(folder.resolve("docs/memory.md"));
  }
}
