package dev.dualprocess.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.testing.Fixtures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The golden tokenizers, with as little vocabulary as shows their structure. */
final class TokenizerSamples {
  static final List<String> KINDS = List.of("clip", "t5", "gemma", "qwen", "idefics2");

  private static final int MERGES = 24;
  private static final int PIECES = 120;

  private TokenizerSamples() {}

  static Path folder(String kind) {
    return Fixtures.path(
        Fixtures.json("tokenizers/" + kind + ".json").get("tokenizer_dir").asText());
  }

  /** {@code tokenizer.json} of a kind; FLUX.1's CLIP has none, so the one of the other variant. */
  static ObjectNode json(String kind) {
    Path given = folder(kind).resolve("tokenizer.json");
    Path file =
        Files.exists(given) ? given : Fixtures.path("tiny-flux-dev/tokenizer/tokenizer.json");
    return shrunk((ObjectNode) Fixtures.json(file));
  }

  private static ObjectNode shrunk(ObjectNode root) {
    ObjectNode model = (ObjectNode) root.get("model");
    if (model.get("vocab") instanceof ArrayNode pieces) {
      while (pieces.size() > PIECES) {
        pieces.remove(pieces.size() - 1);
      }
      return root;
    }
    ArrayNode merges = (ArrayNode) model.get("merges");
    while (merges.size() > MERGES) {
      merges.remove(merges.size() - 1);
    }
    ObjectNode vocab = (ObjectNode) model.get("vocab");
    Set<String> needed = new HashSet<>();
    for (JsonNode merge : merges) {
      needed.addAll(List.of(merge.get(0).asText(), merge.get(1).asText()));
      needed.add(merge.get(0).asText() + merge.get(1).asText());
    }
    vocab.retain(
        vocab.properties().stream()
            .map(Map.Entry::getKey)
            .filter(t -> needed.contains(t) || t.length() < 2 || t.contains("<") || t.contains("["))
            .toList());
    return root;
  }
}
