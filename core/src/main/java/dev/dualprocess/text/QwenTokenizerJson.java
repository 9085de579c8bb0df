package dev.dualprocess.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Qwen's tokenizer as a {@code tokenizer.json}, made from {@code vocab.json}, {@code merges.txt}
 * and what was added: byte-level BPE over words, single digits and runs of signs.
 */
final class QwenTokenizerJson {
  private static final String WORDS =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private QwenTokenizerJson() {}

  static JsonNode build(Path folder) throws IOException {
    ObjectNode root = MAPPER.createObjectNode().put("version", "1.0");
    root.set("added_tokens", AddedTokens.read(folder));
    root.putObject("normalizer").put("type", "NFC");
    ArrayNode split =
        root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    split
        .addObject()
        .put("type", "Split")
        .put("behavior", "Isolated")
        .put("invert", false)
        .putObject("pattern")
        .put("Regex", WORDS);
    byteLevel(split.addObject(), false);
    byteLevel(root.putObject("post_processor"), false);
    byteLevel(root.putObject("decoder"), true);
    ObjectNode model =
        root.putObject("model")
            .put("type", "BPE")
            .put("continuing_subword_prefix", "")
            .put("end_of_word_suffix", "")
            .put("fuse_unk", false)
            .put("byte_fallback", false);
    model.set("vocab", ConfigFile.read(folder.resolve("vocab.json")).root());
    Merges.read(folder, model.putArray("merges"));
    return root;
  }

  private static void byteLevel(ObjectNode node, boolean decoding) {
    node.put("type", "ByteLevel")
        .put("add_prefix_space", decoding)
        .put("trim_offsets", decoding)
        .put("use_regex", decoding);
  }
}
