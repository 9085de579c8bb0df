package dev.dualprocess.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.text.SentencePieces.Piece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * T5's tokenizer as a {@code tokenizer.json}, made from its SentencePiece model: a unigram over
 * words that begin with a mark, the sentinels {@code <extra_id_N>} behind its pieces, an end token
 * behind the text.
 */
final class T5TokenizerJson {
  private static final String MARK = "\u2581";
  private static final String END = "</s>";
  private static final int SENTINELS = 100;
  private static final int MOST_SENTINELS = 10_000;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private T5TokenizerJson() {}

  static JsonNode build(Path folder, SentencePieces pieces) throws IOException {
    ObjectNode root = MAPPER.createObjectNode().put("version", "1.0");
    ObjectNode model =
        MAPPER
            .createObjectNode()
            .put("type", "Unigram")
            .put("unk_id", pieces.unknownId())
            .put("byte_fallback", false);
    vocabulary(model.putArray("vocab"), pieces, sentinels(folder));
    long end = new Vocabulary(MAPPER.createObjectNode().set("model", model)).idOf(END).orElse(1);
    root.set("added_tokens", added(folder, model.path("vocab")));
    normalizer(root.putObject("normalizer"), pieces.charsmap());
    metaspace(root.putObject("pre_tokenizer"));
    endToken(root.putObject("post_processor"), end);
    metaspace(root.putObject("decoder"));
    root.set("model", model);
    return root;
  }

  private static int sentinels(Path folder) throws IOException {
    Path config = folder.resolve("tokenizer_config.json");
    if (!Files.isRegularFile(config)) {
      return SENTINELS;
    }
    int sentinels = ConfigFile.read(config).root().path("extra_ids").asInt(SENTINELS);
    if (sentinels < 0 || sentinels > MOST_SENTINELS) {
      throw new IOException(
          "%s: extra_ids must be from 0 to %d, not %d"
              .formatted(config, MOST_SENTINELS, sentinels));
    }
    return sentinels;
  }

  private static void vocabulary(ArrayNode vocab, SentencePieces pieces, int sentinels) {
    for (Piece piece : pieces.pieces()) {
      vocab.addArray().add(piece.text()).add((double) piece.score());
    }
    for (int i = sentinels - 1; i >= 0; i--) {
      vocab.addArray().add("<extra_id_" + i + ">").add(0.0);
    }
  }

  /** What the folder says was added, else the tokens that every T5 has. */
  private static ArrayNode added(Path folder, JsonNode vocab) throws IOException {
    ArrayNode added = AddedTokens.read(folder);
    if (added.isEmpty()) {
      for (int id = 0; id < vocab.size(); id++) {
        String text = vocab.path(id).path(0).asText();
        if (text.matches("<pad>|</s>|<unk>|<extra_id_\\d+>")) {
          added.add(AddedTokens.token(id, text, true));
        }
      }
    }
    return added;
  }

  private static void normalizer(ObjectNode node, String charsmap) {
    ArrayNode steps = node.put("type", "Sequence").putArray("normalizers");
    if (!charsmap.isEmpty()) {
      steps.addObject().put("type", "Precompiled").put("precompiled_charsmap", charsmap);
    }
    steps.addObject().put("type", "Strip").put("strip_left", false).put("strip_right", true);
    steps
        .addObject()
        .put("type", "Replace")
        .put("content", MARK)
        .putObject("pattern")
        .put("Regex", " {2,}");
  }

  private static void metaspace(ObjectNode node) {
    node.put("type", "Metaspace")
        .put("replacement", MARK)
        .put("prepend_scheme", "always")
        .put("split", true);
  }

  private static void endToken(ObjectNode node, long id) {
    node.put("type", "TemplateProcessing");
    for (String form : new String[] {"single", "pair"}) {
      ArrayNode places = node.putArray(form);
      for (String text : form.equals("single") ? new String[] {"A"} : new String[] {"A", "B"}) {
        places.addObject().putObject("Sequence").put("id", text).put("type_id", 0);
        places.addObject().putObject("SpecialToken").put("id", END).put("type_id", 0);
      }
    }
    ObjectNode token = node.putObject("special_tokens").putObject(END).put("id", END);
    token.putArray("ids").add(id);
    token.putArray("tokens").add(END);
  }
}
