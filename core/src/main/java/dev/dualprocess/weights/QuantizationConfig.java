package dev.dualprocess.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What config.json says of how weights were quantized.
 *
 * @param node its {@code quantization_config}, missing where it says nothing
 */
record QuantizationConfig(JsonNode node) {
  /** Of a config that says nothing. */
  static final QuantizationConfig NONE = new QuantizationConfig(MissingNode.getInstance());

  private static final long USUAL_BLOCK = 128;

  /** That of the config beside a folder's weights; one that cannot be read says nothing here. */
  static QuantizationConfig in(Path folder) {
    try {
      JsonNode root = ConfigFile.read(folder.resolve("config.json")).root();
      return new QuantizationConfig(root.path("quantization_config"));
    } catch (IOException e) {
      return NONE;
    }
  }

  /** The method and what is known of its form, such as {@code bitsandbytes nf4}. */
  Optional<String> format() {
    String method = node.path("quant_method").asText(node.path("quant_type").asText(""));
    if (method.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of((method + " " + detail()).strip());
  }

  private String detail() {
    if (node.path("load_in_4bit").asBoolean()) {
      return node.path("bnb_4bit_quant_type").asText("4 bits");
    }
    if (node.path("load_in_8bit").asBoolean()) {
      return "int8";
    }
    return node.hasNonNull("bits") ? node.path("bits").asText() + " bits" : "";
  }

  /** How many rows of a matrix of 8-bit floats have one scale, where scales are by block. */
  long blockRows() {
    return node.path("weight_block_size").path(0).asLong(USUAL_BLOCK);
  }

  /** How many columns have one scale. */
  long blockColumns() {
    return node.path("weight_block_size").path(1).asLong(USUAL_BLOCK);
  }
}
