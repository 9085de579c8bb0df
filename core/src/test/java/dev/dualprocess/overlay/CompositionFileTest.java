package dev.dualprocess.overlay;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compositions that people mistyped, and those that nobody wrote by hand. */
class CompositionFileTest {
  private static final String BOX = "{\"box\": [0, 0, 1, 1]}";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "{\"annotation\": [BOX]}; 'annotation'",
        "{\"annotations\": [BOX], \"comment\": 1}; 'comment'",
        "{\"annotations\": [BOX], \"annotations\": [BOX]}; 'annotations'",
        "{\"annotations\": [BOX]} x; not valid JSON",
        "{\"annotations\": [BOX]} {}; not valid JSON: something stands behind its end, line 1",
        "{\"annotations\": [BOX]} \"x\"; not valid JSON: something stands behind its end",
        "{\"annotations\": BOX}; 'annotations' must be a list",
        "{\"annotations\": [BOX], \"painting\": 3}; 'painting' must be",
        "{\"annotations\": [BOX], \"painting\": \"a\\nb\"}; must be a file's name, not 'a\\nb'",
        "{\"annotations\": [{\"bx\": [0, 0, 1, 1]}]}; \"bx\"",
        "{\"annotations\": [{\"box\": [0, 0, 1, 1], \"arow\": [0]}]}; \"arow\"",
        "{\"annotations\": [{\"text\": \"sky\", \"att\": [0, 0]}]}; \"att\"",
        "{\"annotations\": [BOX], \"mode\": \"solidd\"}; 'mode' must be solid or transparent",
        "{\"annotations\": [BOX], \"opacity\": \"1\"}; 'opacity' must be a number",
        "{\"annotations\": [BOX], \"opacity\": 0}; 'opacity' must be above 0",
        "{\"annotations\": [{\"horizon\": \"0.5\"}]}; 'horizon' must be a number",
        "{\"annotations\": [{\"horizon\": 1.5}]}; must be from 0",
        "{\"annotations\": [{\"lineWeight\": -1}]}; must be above 0",
        "{\"annotations\": [{\"palette\": [1]}]}; is not a colour",
        "{\"annotations\": [{\"depth\": [0.1, 0.2]}]}; 'depth' needs 4 numbers",
        "{\"a\\nb\": 1}; no field 'a\\nb' in",
        "{\"annotations\": [{\"a\\nb\": 1}]}; a\\nb",
        "{\"annotations\": [{\"text\": 3, \"at\": [0, 0]}]}; 'text' must be a text",
        "{\"annotations\": [{\"box\": [0, 0, 1, 1], \"box\": [0, 0, 1, 1]}]}; 'box'",
      })
  void mistakesAreNamed(String json, String told) throws IOException {
    refused(json.replace("BOX", BOX), told);
  }

  private void refused(String json, String told) throws IOException {
    Path file = Files.writeString(folder.resolve("composition.json"), json);
    assertRefused(IOException.class, () -> VisualPrompt.composition(file), file + ": ", told);
  }

  @Test
  void aMillionAnnotationsAreTooMany() throws IOException {
    refused("{\"annotations\": [" + (BOX + ",").repeat(1_000_000) + BOX + "]}", "bytes, more than");
    refused("{\"annotations\": [" + "0,".repeat(100_000) + "0]}", "100001 annotations, more than");
    refused("{\"annotations\": " + "[".repeat(100_000), "not valid JSON");
  }

  @Test
  void aLongMistakeIsShownInPart() throws IOException {
    Path file = folder.resolve("composition.json");
    Files.writeString(file, "{\"annotations\": [{\"" + "x".repeat(100_000) + "\": 1}]}");
    try {
      VisualPrompt.composition(file);
    } catch (IOException e) {
      assertTrue(e.getMessage().length() < 1000, e.getMessage());
      return;
    }
    throw new AssertionError("taken");
  }
}
