package dev.dualprocess.qwen25vl;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.primitives.ImmutableLongArray;
import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The tokens at which an answer ends: {@code eos_token_id} of generation_config.json, else of
 * config.json; one number or several.
 *
 * @param ids their ids
 */
record EndTokens(ImmutableLongArray ids) {
  static EndTokens read(Path folder) throws IOException {
    Path generation = folder.resolve("generation_config.json");
    if (Files.isRegularFile(generation)) {
      EndTokens given = of(ConfigFile.read(generation).root().path("eos_token_id"));
      if (!given.ids().isEmpty()) {
        return given;
      }
    }
    JsonNode config = ConfigFile.read(folder.resolve("config.json")).root();
    EndTokens outer = of(config.path("eos_token_id"));
    return outer.ids().isEmpty() ? of(config.path("text_config").path("eos_token_id")) : outer;
  }

  private static EndTokens of(JsonNode field) {
    ImmutableLongArray.Builder ids = ImmutableLongArray.builder();
    if (field.isIntegralNumber()) {
      ids.add(field.asLong());
    }
    field.forEach(id -> ids.add(id.asLong()));
    return new EndTokens(ids.build());
  }

  boolean contains(long id) {
    return ids.contains(id);
  }
}
