package dev.dualprocess.text.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The root of a {@code tokenizer.json}. */
public final class TokenizerJson {
  private TokenizerJson() {}

  /**
   * What the native library may see of a file: the parts that say how a whole text is read.
   * Truncation and padding, which happen here, are left out.
   *
   * @throws BrokenTokenizer in one line, if something is missing, unknown or out of range
   */
  public static JsonNode checked(JsonNode root) {
    Part file = new Part("", root);
    Copy copy = Copy.of(file);
    ObjectNode node = copy.node();
    if (file.at("version").isThere()) {
      file.at("version").oneOf("1.0");
    }
    node.put("version", "1.0").putNull("truncation").putNull("padding");
    node.set("model", Models.read(file.at("model")));
    node.set("normalizer", new Normalizers().read(file.at("normalizer")));
    node.set("pre_tokenizer", new PreTokenizers().read(file.at("pre_tokenizer")));
    node.set("post_processor", new PostProcessors().read(file.at("post_processor")));
    node.set("decoder", new Decoders().read(file.at("decoder")));
    node.set("added_tokens", AddedTokenList.read(file.at("added_tokens"), node.get("normalizer")));
    return node;
  }
}
