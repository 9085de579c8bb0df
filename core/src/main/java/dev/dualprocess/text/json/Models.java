package dev.dualprocess.text.json;

import com.fasterxml.jackson.databind.JsonNode;

/** {@code model}: the vocabulary, and how words become tokens. */
final class Models {
  private Models() {}

  static JsonNode read(Part part) {
    String type = type(part.object());
    Copy copy = Copy.of(part, type);
    switch (type) {
      case "BPE" -> BytePairs.read(copy);
      case "Unigram" -> Unigram.read(copy);
      case "WordPiece" -> WordPiece.read(copy);
      case "WordLevel" -> {
        TokenIds.read(copy);
        copy.text("unk_token", TokenIds.LONGEST);
        TokenIds.has(copy, "unk_token");
      }
      default -> throw Chain.unknown(part, type);
    }
    return copy.node();
  }

  /** Files of before 2021 leave it out. */
  private static String type(Part part) {
    return part.at("type").isThere() || !part.at("merges").isThere()
        ? part.at("type").text()
        : "BPE";
  }
}
