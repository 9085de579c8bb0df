package dev.dualprocess.tiny;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.hash.Hashing;
import com.google.common.io.Resources;
import dev.dualprocess.models.Checksums;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledModelsTest {
  private static final String CACHE = "dualprocess.cache";

  @TempDir Path cache;
  private String before;

  @BeforeEach
  void useAnEmptyCache() {
    before = System.setProperty(CACHE, cache.toString());
  }

  @AfterEach
  void useTheUsualCache() {
    if (before == null) {
      System.clearProperty(CACHE);
    } else {
      System.setProperty(CACHE, before);
    }
  }

  @Test
  void theIndexListsTheFilesAsTheyAre() throws IOException {
    List<String> lines =
        Resources.readLines(BundledModels.resource(BundledModels.INDEX), StandardCharsets.UTF_8);
    for (String line : lines) {
      String file = line.substring(66);
      byte[] bytes = Resources.toByteArray(BundledModels.resource(file));
      assertEquals(Hashing.sha256().hashBytes(bytes) + "  " + file, line);
    }
  }

  @Test
  void whatIsUnpackedIsWhole() throws IOException {
    Path packed = Path.of("src/main/resources/dev/dualprocess/tiny");
    for (Path folder : List.of(BundledModels.generator(), BundledModels.verifier())) {
      assertEquals(
          Checksums.ofModel(packed.resolve(folder.getFileName())), Checksums.ofModel(folder));
    }
  }

  @Test
  void aBrokenFileIsUnpackedAnew() throws IOException {
    Path weights = BundledModels.verifier().resolve("model.safetensors");
    String whole = Checksums.sha256(weights);
    Files.write(weights, new byte[] {1, 2, 3});

    assertEquals(weights, BundledModels.verifier().resolve("model.safetensors"));
    assertEquals(whole, Checksums.sha256(weights));
  }
}
