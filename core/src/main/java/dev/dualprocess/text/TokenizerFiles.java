package dev.dualprocess.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files of a tokenizer's folder: {@code tokenizer.json}, or what one is built of.
 *
 * @param path of the folder
 */
record TokenizerFiles(Path path) {
  private static final String CURE =
      "put the tokenizer.json of the same repository beside it, or let transformers write it:"
          + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder)";

  /**
   * The tokenizer in the form of {@code tokenizer.json}.
   *
   * @throws IOException in one line, if files are missing or broken, or none of a known kind
   */
  Definition definition() throws IOException {
    Path json = path.resolve("tokenizer.json");
    if (Files.isRegularFile(json)) {
      return new Definition(json, ConfigFile.read(json).root(), Map.of());
    }
    if (Files.isRegularFile(path.resolve("vocab.json"))) {
      return ofVocabulary();
    }
    Optional<Path> pieces =
        List.of("spiece.model", "tokenizer.model").stream()
            .map(path::resolve)
            .filter(Files::isRegularFile)
            .findFirst();
    if (pieces.isPresent()) {
      return ofPieces(pieces.get());
    }
    throw new IOException(path + ": no tokenizer.json here, nor vocab.json and merges.txt");
  }

  /** The class that transformers opens it with, the fast form named as the slow one. */
  private String tokenizerClass() throws IOException {
    Path config = path.resolve("tokenizer_config.json");
    return Files.isRegularFile(config)
        ? ConfigFile.read(config).text("tokenizer_class").replaceFirst("Fast$", "")
        : "";
  }

  private static String shown(String type) {
    return type.matches("\\w{1,60}") ? type : "class without a usual name";
  }

  private Definition ofVocabulary() throws IOException {
    String type = tokenizerClass();
    return switch (type) {
      case "", "CLIPTokenizer" -> ofVocabulary(ClipTokenizerJson.build(path));
      case "Qwen2Tokenizer" -> ofVocabulary(QwenTokenizerJson.build(path));
      default ->
          throw new IOException(
              "%s: vocab.json and merges.txt of a %s are not read; %s"
                  .formatted(path.resolve("vocab.json"), shown(type), CURE));
    };
  }

  private Definition ofVocabulary(JsonNode root) {
    return new Definition(
        path,
        root,
        Map.of(
            "model.vocab", path.resolve("vocab.json"),
            "model.merges", path.resolve("merges.txt"),
            "added_tokens", path.resolve("tokenizer_config.json")));
  }

  private Definition ofPieces(Path file) throws IOException {
    SentencePieces pieces = SentencePieces.read(file);
    String type = tokenizerClass();
    boolean t5 = type.isEmpty() ? file.endsWith("spiece.model") : type.equals("T5Tokenizer");
    if (!t5 || !pieces.isUnigram()) {
      throw new IOException(
          "%s: a SentencePiece model%s is not read without tokenizer.json; %s"
              .formatted(file, type.isEmpty() ? "" : " of a " + shown(type), CURE));
    }
    Path added = path.resolve("tokenizer_config.json");
    return new Definition(file, T5TokenizerJson.build(path, pieces), Map.of("added_tokens", added));
  }
}
