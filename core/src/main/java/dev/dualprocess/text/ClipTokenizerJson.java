package dev.dualprocess.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * CLIP's tokenizer as a {@code tokenizer.json}, made from the two files that FLUX.1's repositories
 * carry instead: byte-level BPE with an end-of-word suffix over lower-cased text.
 */
final class ClipTokenizerJson {
  private static final String START = "<|startoftext|>";
  private static final String END = "<|endoftext|>";
  private static final String WORDS =
      "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ClipTokenizerJson() {}

  static JsonNode build(Path folder) throws IOException {
    JsonNode vocab = ConfigFile.read(folder.resolve("vocab.json")).root();
    for (String special : new String[] {START, END}) {
      if (!vocab.has(special)) {
        throw new IOException(folder.resolve("vocab.json") + ": no token " + special);
      }
    }
    long start = vocab.get(START).asLong();
    long end = vocab.get(END).asLong();
    ObjectNode root = MAPPER.createObjectNode().put("version", "1.0");
    ArrayNode added = root.putArray("added_tokens");
    added.add(AddedTokens.token(start, START, true)).add(AddedTokens.token(end, END, true));
    ArrayNode normalizers =
        root.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    normalizers.addObject().put("type", "NFC");
    normalizers
        .addObject()
        .put("type", "Replace")
        .put("content", " ")
        .putObject("pattern")
        .put("Regex", "\\s+");
    normalizers.addObject().put("type", "Lowercase");
    ArrayNode split =
        root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    split
        .addObject()
        .put("type", "Split")
        .put("behavior", "Removed")
        .put("invert", true)
        .putObject("pattern")
        .put("Regex", WORDS);
    split
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
    ObjectNode post = root.putObject("post_processor").put("type", "RobertaProcessing");
    post.putArray("sep").add(END).add(end);
    post.putArray("cls").add(START).add(start);
    post.put("trim_offsets", false).put("add_prefix_space", false);
    root.putObject("decoder")
        .put("type", "ByteLevel")
        .put("add_prefix_space", true)
        .put("trim_offsets", true)
        .put("use_regex", true);
    root.set("model", model(folder, vocab));
    return root;
  }

  private static ObjectNode model(Path folder, JsonNode vocab) throws IOException {
    ObjectNode model =
        MAPPER
            .createObjectNode()
            .put("type", "BPE")
            .put("unk_token", END)
            .put("continuing_subword_prefix", "")
            .put("end_of_word_suffix", "</w>")
            .put("fuse_unk", false)
            .put("byte_fallback", false);
    model.set("vocab", vocab);
    Merges.read(folder, model.putArray("merges"));
    return model;
  }
}
