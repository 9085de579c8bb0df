package dev.dualprocess.text.json;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.CharMatcher;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a normalizer leaves of short texts, as seen by a tokenizer that knows no words. */
final class NormalizedTexts implements AutoCloseable {
  private final JsonNode normalizer;
  private @Nullable HuggingFaceTokenizer whole;
  private @Nullable HuggingFaceTokenizer words;

  NormalizedTexts(JsonNode normalizer) {
    this.normalizer = normalizer;
  }

  /** Whether nothing is left. */
  boolean isEmpty(String text) {
    if (normalizer.isNull()) {
      return text.isEmpty();
    }
    if (whole == null) {
      whole = open(JsonNodeFactory.instance.nullNode());
    }
    return whole.encode(text, false, false).getIds().length == 0;
  }

  /** Whether nothing but white space is left. */
  boolean isBlank(String text, boolean normalized) {
    if (normalizer.isNull() || !normalized) {
      return CharMatcher.whitespace().matchesAllOf(text);
    }
    if (words == null) {
      words = open(JsonNodeFactory.instance.objectNode().put("type", "WhitespaceSplit"));
    }
    return words.encode(text, false, false).getIds().length == 0;
  }

  private HuggingFaceTokenizer open(JsonNode preTokenizer) {
    ObjectNode root = JsonNodeFactory.instance.objectNode().put("version", "1.0");
    root.putArray("added_tokens");
    root.set("normalizer", normalizer);
    root.set("pre_tokenizer", preTokenizer);
    ObjectNode model = root.putObject("model").put("type", "WordLevel").put("unk_token", "?");
    model.putObject("vocab").put("?", 0);
    try {
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(root.toString().getBytes(StandardCharsets.UTF_8)),
          Map.of("truncation", "false", "padding", "false"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (whole != null) {
      whole.close();
    }
    if (words != null) {
      words.close();
    }
  }
}
