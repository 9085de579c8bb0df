package dev.dualprocess.config;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model's JSON file as a record. */
class ConfigFileTest {
  @TempDir Path folder;

  /** An even number of heads and, perhaps, an activation. */
  record Sizes(int numHeads, String actFn) {
    Sizes {
      if (numHeads % 2 != 0) {
        throw new IllegalArgumentException("num_heads is " + numHeads + ", which is odd");
      }
    }
  }

  private ConfigFile config(String text) throws IOException {
    return ConfigFile.read(Files.writeString(folder.resolve("config.json"), text));
  }

  @Test
  void fieldsAreNamedInSnakeCaseAndUnknownOnesPassedOver() throws IOException {
    ConfigFile config = config("{\"num_heads\":4,\"act_fn\":\"silu\",\"_class_name\":\"X\"}");
    assertEquals(new Sizes(4, "silu"), config.as(Sizes.class));
    assertEquals("X", config.text("_class_name"));
    assertEquals("", config.text("missing"));
  }

  @Test
  void whatIsNoConfigSaysNothing() throws IOException {
    Path path = folder.resolve("config.json");
    assertFalse(ConfigFile.says(path, "model_type", ""));
    config("{\"model_type\": \"x\"}");
    assertTrue(ConfigFile.says(path, "model_type", "x"));
    assertFalse(ConfigFile.says(path, "model_type", "y"));
    Files.writeString(path, "no json");
    assertFalse(ConfigFile.says(path, "model_type", ""));
  }

  @Test
  void aReferenceMayBeAbsent() throws IOException {
    assertNull(config("{\"num_heads\":4}").as(Sizes.class).actFn());
  }

  @Test
  void partOfAFileMayBeARecord() throws IOException {
    ConfigFile config = config("{\"text_config\":{\"num_heads\":6}}");
    assertEquals(6, config.as(config.root().path("text_config"), Sizes.class).numHeads());
  }

  @Test
  void theHubsInfinityIsRead() throws IOException {
    assertEquals(
        Double.NEGATIVE_INFINITY,
        config("{\"lambda_min_clipped\": -Infinity}").root().path("lambda_min_clipped").asDouble());
  }

  @Test
  void aMissingNumberIsNamed() throws IOException {
    ConfigFile config = config("{\n\"act_fn\":\n\"silu\"}");
    assertRefused(
        IOException.class,
        () -> config.as(Sizes.class),
        folder.resolve("config.json"),
        "num_heads");
  }

  @Test
  void aTextWhereANumberShouldBeIsNamed() throws IOException {
    ConfigFile config = config("{\"num_heads\":\"many\"}");
    assertRefused(
        IOException.class,
        () -> config.as(Sizes.class),
        folder.resolve("config.json"),
        "num_heads",
        "many");
  }

  @Test
  void whatTheRecordRefusesIsToldWithTheFile() throws IOException {
    ConfigFile config = config("{\"num_heads\":3}");
    assertRefused(
        IOException.class,
        () -> config.as(Sizes.class),
        folder.resolve("config.json"),
        "num_heads is 3, which is odd");
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = folder.resolve("config.json");
    assertRefused(IOException.class, () -> ConfigFile.read(missing), missing, "no such file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{\"a\":\n\n!}", "<html>\n</html>"})
  void whatIsNotJsonIsRefused(String text) {
    assertRefused(
        IOException.class, () -> config(text), folder.resolve("config.json"), "not valid JSON");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "5", "null"})
  void whatIsNoObjectIsRefused(String text) {
    assertRefused(
        IOException.class, () -> config(text), folder.resolve("config.json"), "not a JSON object");
  }
}
