package dev.dualprocess.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.flow.FlowMatchEulerConfig;
import dev.dualprocess.testing.BrokenConfigs;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configs that no model can be built by, and what is told of them. */
class BrokenConfigTest {
  @TempDir Path folder;

  private static Path stored(String file) {
    return FluxFixtures.pipeline(FluxFixtures.variants().get(0)).resolve(file);
  }

  private void assertToldInWords(String file, Class<? extends Record> type) throws IOException {
    BrokenConfigs.assertToldInWords(stored(file), folder, path -> ConfigFile.read(path).as(type));
  }

  @Test
  void everyFileIsToldOfInWords() throws IOException {
    assertToldInWords("transformer/config.json", FluxTransformerConfig.class);
    assertToldInWords("vae/config.json", AutoencoderKlConfig.class);
    assertToldInWords("text_encoder/config.json", ClipTextConfig.class);
    assertToldInWords("text_encoder_2/config.json", T5Config.class);
    assertToldInWords("scheduler/scheduler_config.json", FlowMatchEulerConfig.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2147483647 | layers_per_block is 2147483647, it must be at most 1000",
        "0          | layers_per_block is 0, it must be at least 1",
        "1e30       | layers_per_block must be a smaller whole number, not 1.0E30",
        "\"x\"        | layers_per_block must be a whole number, not \"x\"",
        "null       | layers_per_block must be a whole number, not null",
        "[]         | layers_per_block must be a whole number, not []",
      })
  void theFieldIsNamed(String value, String told) throws IOException {
    ObjectNode root = (ObjectNode) Fixtures.json(stored("vae/config.json"));
    root.putRawValue("layers_per_block", new RawValue(value));
    assertTold(root, told);
  }

  @Test
  void aFieldThatIsMissingIsNamed() throws IOException {
    ObjectNode root = (ObjectNode) Fixtures.json(stored("vae/config.json"));
    root.remove("layers_per_block");
    assertTold(root, "layers_per_block is missing");
  }

  private void assertTold(ObjectNode root, String told) throws IOException {
    Path path = Files.writeString(folder.resolve("config.json"), root.toString());
    IOException refused =
        assertThrows(IOException.class, () -> ConfigFile.read(path).as(AutoencoderKlConfig.class));
    assertEquals(path + ": " + told, refused.getMessage());
  }
}
