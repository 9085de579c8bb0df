package dev.dualprocess.text.json;

import com.fasterxml.jackson.databind.JsonNode;

/** {@code decoder}: how tokens are joined to a text. */
final class Decoders implements Chain {
  private static final int LONGEST = 32; // of a mark at a token's end
  private static final int JOINT = 2;

  private final Growth growth = new Growth();

  @Override
  public String steps() {
    return "decoders";
  }

  @Override
  public JsonNode step(Part part, String type) {
    Copy copy = Copy.of(part, type);
    switch (type) {
      case "ByteFallback", "Fuse" -> {}
      case "ByteLevel" -> ByteLevel.read(copy);
      case "Metaspace" -> Metaspace.read(copy);
      case "Replace" -> Replacement.read(copy, growth);
      case "Strip" -> strip(copy);
      case "WordPiece" -> {
        growth.by(part, JOINT);
        copy.text("prefix", LONGEST).flags("cleanup");
      }
      case "BPEDecoder" -> {
        growth.by(part, JOINT);
        copy.text("suffix", LONGEST);
      }
      default -> throw Chain.unknown(part, type);
    }
    return copy.node();
  }

  /** Characters at the start of a token; those at its end may be the same, which is not handled. */
  private static void strip(Copy copy) {
    copy.character("content").number("start", LONGEST).number("stop", 0);
  }
}
