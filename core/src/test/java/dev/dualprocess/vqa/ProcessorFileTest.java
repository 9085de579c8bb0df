package dev.dualprocess.vqa;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which file says what becomes of an image. */
class ProcessorFileTest {
  @TempDir Path folder;

  private void write(String name, String json) throws IOException {
    Files.writeString(folder.resolve(name), json);
  }

  private void assertRead(String file, int patch) throws IOException {
    assertEquals(folder.resolve(file), ProcessorFile.read(folder).path());
    assertEquals(patch, ProcessorFile.read(folder).root().path("patch_size").asInt());
  }

  @Test
  void theNestedOneCountsWhereBothAreThere() throws IOException {
    write("preprocessor_config.json", "{\"patch_size\": 1}");
    assertRead("preprocessor_config.json", 1);
    write("processor_config.json", "{\"image_seq_len\": 8}");
    assertRead("preprocessor_config.json", 1);
    write(
        "processor_config.json",
        "{\"image_processor\": {\"patch_size\": 2}, \"video_processor\": {\"patch_size\": 3}}");
    assertRead("processor_config.json", 2);
    Files.delete(folder.resolve("preprocessor_config.json"));
    assertRead("processor_config.json", 2);
  }

  @Test
  void bothFilesAreNamedWhereNeitherIsThere() throws IOException {
    write("processor_config.json", "{\"image_seq_len\": 8}");
    assertRefused(
        IOException.class,
        () -> ProcessorFile.read(folder),
        folder
            + ": no preprocessor_config.json here, nor a processor_config.json with image_processor inside");
  }
}
