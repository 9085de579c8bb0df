package dev.dualprocess.vqa;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where an answer ends, and what is never in it. */
class GenerationTokensTest {
  @TempDir private Path folder;

  private GenerationTokens read(String generation, String config) throws IOException {
    Files.writeString(folder.resolve("generation_config.json"), generation);
    Files.writeString(folder.resolve("config.json"), config);
    return GenerationTokens.read(folder);
  }

  @Test
  void theGenerationConfigComesBeforeTheModels() throws IOException {
    String config = "{\"eos_token_id\": 7, \"text_config\": {\"eos_token_id\": 8}}";
    assertEquals(Set.of(2L, 633L), read("{\"eos_token_id\": [2, 633]}", config).end());
    assertEquals(Set.of(7L), read("{\"eos_token_id\": null}", config).end());
    assertEquals(Set.of(8L), read("{}", "{\"text_config\": {\"eos_token_id\": [8]}}").end());
    assertEquals(Set.of(), read("{}", "{}").end());
    Files.delete(folder.resolve("generation_config.json"));
    assertEquals(Set.of(), GenerationTokens.read(folder).end());
  }

  @Test
  void wordsOfOneTokenAreSuppressed() throws IOException {
    GenerationTokens tokens =
        read("{\"bad_words_ids\": [[5], [6, 7], [9]], \"eos_token_id\": 1}", "{}");
    assertEquals(Set.of(5L, 9L), tokens.never());
    assertEquals(new GenerationTokens(Set.of(1L), Set.of(4L)), tokens.suppressing(Set.of(4L)));
    assertEquals(Set.of(), read("{\"bad_words_ids\": null}", "{}").never());
  }
}
