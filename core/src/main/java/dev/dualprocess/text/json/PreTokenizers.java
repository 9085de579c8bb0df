package dev.dualprocess.text.json;

import com.fasterxml.jackson.databind.JsonNode;

/** {@code pre_tokenizer}: how a text is cut into words. */
final class PreTokenizers implements Chain {
  private static final String[] BEHAVIORS = {
    "Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"
  };

  private boolean bytes;

  @Override
  public String steps() {
    return "pretokenizers";
  }

  @Override
  public JsonNode step(Part part, String type) {
    Copy copy = Copy.of(part, type);
    switch (type) {
      case "Whitespace", "WhitespaceSplit", "BertPreTokenizer" -> {}
      case "ByteLevel" -> byteLevel(copy);
      case "Metaspace" -> Metaspace.read(copy);
      case "Digits" -> copy.flags("individual_digits");
      case "Punctuation" -> {
        if (part.at("behavior").isThere()) {
          copy.oneOf("behavior", BEHAVIORS);
        }
      }
      case "Split" -> {
        SplitPattern.read(copy);
        copy.oneOf("behavior", BEHAVIORS).flags("invert");
      }
      default -> throw Chain.unknown(part, type);
    }
    return copy.node();
  }

  /** Bytes of bytes of bytes would grow without end. */
  private void byteLevel(Copy copy) {
    if (bytes) {
      throw copy.from().broken("is the second of type ByteLevel");
    }
    bytes = true;
    ByteLevel.read(copy);
  }
}
