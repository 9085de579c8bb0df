package dev.dualprocess.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.text.json.BrokenTokenizer;
import dev.dualprocess.text.json.TokenizerJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A tokenizer in the form of {@code tokenizer.json}.
 *
 * @param file that it was read from
 * @param root its content
 * @param others the files of single parts, by their places in the form
 */
record Definition(Path file, JsonNode root, Map<String, Path> others) {
  private static final String CURE = "fetch the model again, or let transformers write it anew";

  /**
   * What the native library may see of it.
   *
   * @throws IOException in one line, if something is missing, unknown or out of range
   */
  JsonNode checked() throws IOException {
    try {
      return TokenizerJson.checked(root);
    } catch (BrokenTokenizer e) {
      throw unusable(of(e.place()), e.line(), e);
    }
  }

  IOException unusable(Path path, String problem, Exception cause) {
    return new IOException(
        "%s: not a usable tokenizer: %s; %s".formatted(path, problem, CURE), cause);
  }

  private Path of(String place) {
    return others.entrySet().stream()
        .filter(part -> place.startsWith(part.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(file);
  }
}
