package dev.dualprocess.text;

import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.MissingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a tokenizer fills texts up with.
 *
 * @param folder of the tokenizer
 * @param text of the token, empty where the folder names none
 * @param id of the token, where the vocabulary has it
 */
record PadToken(Path folder, String text, OptionalLong id) {
  private static final String FIELD = "pad_token";
  private static final String CONFIG = "tokenizer_config.json";

  static PadToken in(Path folder, Vocabulary vocabulary) throws IOException {
    String text = "";
    for (String file : List.of(CONFIG, "special_tokens_map.json")) {
      if (text.isEmpty() && Files.isRegularFile(folder.resolve(file))) {
        text = tokenText(ConfigFile.read(folder.resolve(file)));
      }
    }
    return new PadToken(
        folder, text, text.isEmpty() ? OptionalLong.empty() : vocabulary.idOf(text));
  }

  /** A token is written as its text or as an object with its text in {@code content}. */
  private static String tokenText(ConfigFile file) {
    var node = file.root().path(FIELD);
    return node.isObject() ? node.path("content").asText("") : node.asText("");
  }

  /** One line: why there is none, and what to do. */
  String absent() {
    Path config = folder.resolve(CONFIG);
    if (!text.isEmpty()) {
      return "%s: no pad token: the vocabulary here does not have '%s'; %s"
          .formatted(folder, text, MissingFile.remedy(config));
    }
    if (Files.isSymbolicLink(config) && !Files.exists(config)) {
      return MissingFile.line(config);
    }
    String why = Files.isRegularFile(config) ? "without pad_token" : "missing here";
    return "%s: no pad token: %s is %s; %s"
        .formatted(folder, CONFIG, why, MissingFile.remedy(config));
  }
}
