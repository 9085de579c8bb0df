package dev.dualprocess.models;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of verifiers with and without weights. */
class WeightedTest {
  @ParameterizedTest
  @CsvSource({
    "tiny, tiny, 1",
    "tiny:0.7, tiny, 0.7",
    "Qwen/Qwen2.5-VL-7B-Instruct:2, Qwen/Qwen2.5-VL-7B-Instruct, 2",
    "folder:of-mine, folder:of-mine, 1",
    "a:b:3, a:b, 3",
    ":3, :3, 1",
  })
  void isReadFromTheEnd(String written, String name, double weight) {
    assertEquals(new Weighted(written, name, weight), Weighted.of(written));
  }

  @Test
  void aFolderOfThatNameIsMeant(@TempDir Path folder) throws IOException {
    String named = Files.createDirectory(folder.resolve("model:2")).toString();
    assertEquals(new Weighted(named, named, 1), Weighted.of(named));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny:0", "tiny:-1", "tiny:NaN", "tiny:1e7"})
  void aWeightOutOfRangeIsRefused(String written) {
    assertRefused(IllegalArgumentException.class, () -> Weighted.of(written), written, "above 0");
  }
}
