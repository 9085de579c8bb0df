package dev.dualprocess.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spoilt headers and indices that the soak has found: each is one line in words. */
class SpoiltHeaderTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4 | it ends too early, line 1, column ",
        "{\"a\":{\"dtype\":\"F32\" | it ends too early, line 1, column ",
        "{\"a\":{\"dtype\":\"F32\"] | Unexpected close marker ']', line 1, column ",
      })
  void theReadersOwnSettingsAreNotTold(String header, String told) throws IOException {
    Path path = HandMade.write(folder.resolve("a.st"), header, new byte[0]);
    String message =
        assertThrows(CheckpointException.class, () -> SafeTensorsFile.open(path)).getMessage();
    assertTrue(message.startsWith(path + ": broken safetensors header: " + told), message);
    assertFalse(message.contains("StreamReadFeature"), message);
  }

  @Test
  void aLineBreakInATensorsNameMakesNoSecondLine() throws IOException {
    String header = "{" + HandMade.tensor("a\\nb", "F99", "[1]", 0, 1) + "}";
    Path path = HandMade.write(folder.resolve("a.st"), header, new byte[1]);
    String message =
        assertThrows(CheckpointException.class, () -> SafeTensorsFile.open(path)).getMessage();
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.contains("'a\\nb'"), message);
  }

  @Test
  void aLineBreakInAShardsNameMakesNoSecondLine() throws IOException {
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"a\": \"one\\n.safetensors\"}}");
    String message =
        assertThrows(CheckpointException.class, () -> Checkpoint.open(folder)).getMessage();
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.contains("one\\n.safetensors: no such file"), message);
  }
}
