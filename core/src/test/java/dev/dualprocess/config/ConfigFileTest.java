package dev.dualprocess.config;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"num_heads\": 2       | not valid JSON: it ends too early, line 1, column 16",
        "{\"num_heads\": !}      | not valid JSON: Unexpected character ('!' (code 33)), line 1,"
            + " column 15",
        "{\"num_heads\": two}    | not valid JSON: Unrecognized token 'two', line 1, column 19",
        "{}                       | num_heads is missing",
        "{\"num_heads\": null}   | num_heads must be a whole number, not null",
        "{\"num_heads\": \"x\"}  | num_heads must be a whole number, not \"x\"",
        "{\"num_heads\": []}     | num_heads must be a whole number, not []",
        "{\"num_heads\": 1e30}   | num_heads must be a smaller whole number, not 1.0E30",
        "{\"num_heads\": 2, \"act_fn\": {}} | act_fn must be a text, not {}",
        "{\"num_heads\": 3}      | num_heads is 3, which is odd",
      })
  void whatIsWrongIsToldInWords(String text, String told) {
    IOException refused = assertThrows(IOException.class, () -> config(text).as(Sizes.class));
    assertEquals(folder.resolve("config.json") + ": " + told, refused.getMessage());
  }

  /** Refuses nothing itself. */
  record Parts(int whole, int parts, List<Integer> each, Sizes sizes) {
    Parts {
      whole /= parts;
      each = List.copyOf(each);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"whole\": 1, \"parts\": 0}                        | its fields do not fit each other",
        "{\"whole\": 1, \"parts\": 1}                        | a field that is needed is missing or null",
        "{\"whole\": 1, \"parts\": 1, \"each\": [null]}      | a field that is needed is missing or null",
        "{\"whole\": 1, \"parts\": 1, \"each\": [1, \"x\"]}  | each[1] must be a whole number, not \"x\"",
        "{\"whole\": 1, \"parts\": 1, \"each\": 5}           | each must be a list, not 5",
        "{\"whole\": 1, \"parts\": 1, \"sizes\": {}}         | sizes.num_heads is missing",
        "{\"whole\": 1, \"parts\": 1, \"sizes\": 5}          | sizes must be an object, not 5",
      })
  void aRecordThatFailsIsToldInWordsToo(String text, String told) {
    IOException refused = assertThrows(IOException.class, () -> config(text).as(Parts.class));
    assertEquals(folder.resolve("config.json") + ": " + told, refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "5", "null"})
  void whatIsNoObjectIsRefused(String text) {
    assertRefused(
        IOException.class, () -> config(text), folder.resolve("config.json"), "not a JSON object");
  }
}
