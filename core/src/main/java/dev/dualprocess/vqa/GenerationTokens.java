package dev.dualprocess.vqa;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.collect.ImmutableSortedSet;
import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * The tokens that matter when a model answers freely.
 *
 * @param end where an answer ends: {@code eos_token_id} of generation_config.json, else of
 *     config.json; one number or several
 * @param never what is never chosen: the {@code bad_words_ids} of generation_config.json that are
 *     one token long
 */
public record GenerationTokens(Set<Long> end, Set<Long> never) {
  /** The sets are not changed afterwards. */
  public GenerationTokens {
    end = ImmutableSortedSet.copyOf(end);
    never = ImmutableSortedSet.copyOf(never);
  }

  /** Reads them from a checkpoint folder; generation_config.json may be absent. */
  public static GenerationTokens read(Path folder) throws IOException {
    Path path = folder.resolve("generation_config.json");
    ConfigFile config = ConfigFile.read(folder.resolve("config.json"));
    JsonNode generation =
        Files.isRegularFile(path) ? ConfigFile.read(path).root() : MissingNode.getInstance();
    return new GenerationTokens(
        firstGiven(generation, config.root(), config.root().path("text_config")),
        badWords(generation));
  }

  private static Set<Long> firstGiven(JsonNode... files) {
    for (JsonNode file : files) {
      Set<Long> ids = ids(file.path("eos_token_id"));
      if (!ids.isEmpty()) {
        return ids;
      }
    }
    return Set.of();
  }

  private static Set<Long> badWords(JsonNode generation) {
    ImmutableSortedSet.Builder<Long> never = ImmutableSortedSet.naturalOrder();
    for (JsonNode word : generation.path("bad_words_ids")) {
      if (word.size() == 1) {
        never.addAll(ids(word));
      }
    }
    return never.build();
  }

  private static Set<Long> ids(JsonNode field) {
    ImmutableSortedSet.Builder<Long> ids = ImmutableSortedSet.naturalOrder();
    if (field.isIntegralNumber()) {
      ids.add(field.asLong());
    }
    field.forEach(id -> ids.add(id.asLong()));
    return ids.build();
  }

  /** These ends of an answer, with other tokens never chosen. */
  public GenerationTokens suppressing(Set<Long> tokens) {
    return new GenerationTokens(end, tokens);
  }
}
