package dev.dualprocess.text.json;

import com.fasterxml.jackson.databind.JsonNode;

/** {@code normalizer}: what is done to a text before it is cut into words. */
final class Normalizers implements Chain {
  private static final int LONGEST = 32; // of what is put into a text
  private static final int DECOMPOSED = 3; // characters of most ligatures
  private static final int BYTES = 2; // of a character that stands for a byte

  private final Growth growth = new Growth();

  @Override
  public String steps() {
    return "normalizers";
  }

  @Override
  public JsonNode step(Part part, String type) {
    Copy copy = Copy.of(part, type);
    switch (type) {
      case "NFC", "Nmt", "Lowercase", "StripAccents" -> {}
      case "NFD", "NFKC", "NFKD" -> growth.by(part, DECOMPOSED);
      case "Strip" -> copy.flags("strip_left", "strip_right");
      case "Prepend" -> copy.text("prepend", LONGEST);
      case "ByteLevel" -> growth.by(part, BYTES);
      case "BertNormalizer" -> bert(copy);
      case "Replace" -> Replacement.read(copy, growth);
      case "Precompiled" -> precompiled(copy);
      default -> throw Chain.unknown(part, type);
    }
    return copy.node();
  }

  private void bert(Copy copy) {
    growth.by(copy.from(), DECOMPOSED);
    copy.flags("clean_text", "handle_chinese_chars", "lowercase");
    copy.node().putNull("strip_accents");
    copy.knownFlags("strip_accents");
  }

  private void precompiled(Copy copy) {
    Part table = copy.from().at("precompiled_charsmap");
    growth.by(copy.from(), Charsmap.read(table).growth());
    copy.node().put("precompiled_charsmap", table.text());
  }
}
