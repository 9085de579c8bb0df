package dev.dualprocess.world.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.weights.AtomicFile;
import dev.dualprocess.world.Scene;
import dev.dualprocess.world.training.BytePairTraining.Pair;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes what a model's folder holds besides weights: configs from resources, and tokenizers that
 * are trained on the world's prompts and questions.
 */
final class Blueprint {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PROMPTS = 20_000;
  private static final double WORD_SCORE = -5;
  private static final double LETTER_SCORE = -10;
  private static final List<String> FLUX_FILES =
      List.of(
          "scheduler/scheduler_config.json",
          "vae/config.json",
          "transformer/config.json",
          "text_encoder/config.json",
          "text_encoder_2/config.json",
          "tokenizer/tokenizer_config.json",
          "tokenizer_2/tokenizer_config.json");
  private static final List<String> QWEN_FILES =
      List.of("chat_template.json", "generation_config.json", "preprocessor_config.json");

  private Blueprint() {}

  /** Writes the folder of the generator; {@code model_index.json} comes last. */
  static void writeFlux(Path folder) throws IOException {
    for (String file : FLUX_FILES) {
      write(folder.resolve(file), read("tiny-flux/" + file));
    }
    Set<String> prompts = prompts();
    clip(folder, prompts);
    t5(folder, prompts);
    write(folder.resolve("model_index.json"), read("tiny-flux/model_index.json"));
  }

  private static Set<String> prompts() {
    Random random = new Random(0);
    Set<String> prompts = new LinkedHashSet<>();
    for (int i = 0; i < PROMPTS; i++) {
      prompts.add(Scene.random(random).prompt());
    }
    return prompts;
  }

  private static void clip(Path folder, Set<String> prompts) throws IOException {
    ObjectNode tokenizer = read("tiny-flux/tokenizer/tokenizer.json");
    String suffix = tokenizer.path("model").path("end_of_word_suffix").asText();
    Map<String, Integer> words =
        words(prompts, Pattern.compile("\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+"));
    List<String> symbols = new ArrayList<>(byteSymbols());
    for (char c = '!'; c <= '~'; c++) {
      symbols.add(c + suffix);
    }
    int size = bytePairs(tokenizer, symbols, BytePairTraining.merges(words, suffix));
    // What is unknown becomes a special token, which therefore has to be in the vocabulary too.
    ObjectNode vocab = (ObjectNode) tokenizer.path("model").path("vocab");
    for (JsonNode token : tokenizer.path("added_tokens")) {
      vocab.put(token.path("content").asText(), token.path("id").asInt());
    }
    for (JsonNode token : tokenizer.path("post_processor").path("special_tokens")) {
      String text = token.path("id").asText();
      ((ArrayNode) token.path("ids")).removeAll().add(idOf(tokenizer, text));
    }
    writeTokenizer(folder.resolve("tokenizer"), tokenizer);
    edit(
        folder.resolve("text_encoder/config.json"),
        config -> {
          config.put("vocab_size", size);
          config.put("bos_token_id", idOf(tokenizer, "<|startoftext|>"));
          config.put("eos_token_id", idOf(tokenizer, "<|endoftext|>"));
          config.put("pad_token_id", idOf(tokenizer, "<|endoftext|>"));
        });
  }

  private static void t5(Path folder, Set<String> prompts) throws IOException {
    ObjectNode tokenizer = read("tiny-flux/tokenizer_2/tokenizer.json");
    ArrayNode vocab = (ArrayNode) tokenizer.path("model").path("vocab");
    Stream.of("<pad>", "</s>", "<unk>")
        .forEach(t -> vocab.add(JSON.createArrayNode().add(t).add(0.0)));
    words(prompts, Pattern.compile("\\p{L}+"))
        .keySet()
        .forEach(w -> vocab.add(JSON.createArrayNode().add("▁" + w).add(WORD_SCORE)));
    vocab.add(JSON.createArrayNode().add("▁").add(LETTER_SCORE));
    for (char c = '!'; c <= '~'; c++) {
      vocab.add(JSON.createArrayNode().add(String.valueOf(c)).add(LETTER_SCORE));
    }
    write(folder.resolve("tokenizer_2/tokenizer.json"), tokenizer);
    edit(
        folder.resolve("text_encoder_2/config.json"),
        config -> config.put("vocab_size", vocab.size()));
  }

  /**
   * Writes the folder of the vision-language model, whose questions are those; {@code config.json}
   * comes last.
   */
  static void writeQwen(Path folder, Set<String> questions) throws IOException {
    for (String file : QWEN_FILES) {
      write(folder.resolve(file), read("tiny-qwen2.5-vl/" + file));
    }
    ObjectNode tokenizer = read("tiny-qwen2.5-vl/tokenizer.json");
    Pattern split =
        Pattern.compile(
            tokenizer
                .path("pre_tokenizer")
                .path("pretokenizers")
                .path(0)
                .path("pattern")
                .path("Regex")
                .asText());
    Set<String> texts = new LinkedHashSet<>(questions);
    texts.addAll(List.of("system\nYou are a helpful assistant.", "\n", "user\n", "assistant\n"));
    texts.addAll(List.of("Yes", "No"));
    Map<String, Integer> words = words(texts, split);
    int size = bytePairs(tokenizer, byteSymbols(), BytePairTraining.merges(words, ""));
    writeTokenizer(folder, tokenizer);
    write(folder.resolve("tokenizer_config.json"), tokenizerConfig(tokenizer));
    ObjectNode config = read("tiny-qwen2.5-vl/config.json");
    ObjectNode text = (ObjectNode) config.path("text_config");
    text.put("vocab_size", (size + 15) / 16 * 16);
    text.put("bos_token_id", idOf(tokenizer, "<|endoftext|>"));
    text.put("eos_token_id", idOf(tokenizer, "<|im_end|>"));
    config.put("image_token_id", idOf(tokenizer, "<|image_pad|>"));
    config.put("video_token_id", idOf(tokenizer, "<|video_pad|>"));
    config.put("vision_start_token_id", idOf(tokenizer, "<|vision_start|>"));
    config.put("vision_end_token_id", idOf(tokenizer, "<|vision_end|>"));
    edit(
        folder.resolve("generation_config.json"),
        generation -> {
          generation.put("bos_token_id", idOf(tokenizer, "<|endoftext|>"));
          generation.put("eos_token_id", idOf(tokenizer, "<|im_end|>"));
        });
    write(folder.resolve("config.json"), config);
  }

  private static ObjectNode tokenizerConfig(ObjectNode tokenizer) throws IOException {
    ObjectNode config = read("tiny-qwen2.5-vl/tokenizer_config.json");
    ObjectNode decoder = config.putObject("added_tokens_decoder");
    for (JsonNode token : tokenizer.path("added_tokens")) {
      ObjectNode copy = token.deepCopy();
      copy.remove("id");
      decoder.set(token.path("id").asText(), copy);
    }
    return config;
  }

  // Tokenizers ----------------------------------------------------------------------------------

  /** Each match of {@code split} in byte symbols, with how often it stands there. */
  private static Map<String, Integer> words(Set<String> texts, Pattern split) {
    List<String> symbols = byteSymbols();
    Map<String, Integer> words = new TreeMap<>();
    for (String text : texts) {
      Matcher matcher = split.matcher(text);
      while (matcher.find()) {
        StringBuilder word = new StringBuilder();
        for (byte b : matcher.group().getBytes(StandardCharsets.UTF_8)) {
          word.append(symbols.get(b & 0xff));
        }
        words.merge(word.toString(), 1, Integer::sum);
      }
    }
    return words;
  }

  /** GPT-2's printable symbol for each byte. */
  private static List<String> byteSymbols() {
    List<String> symbols = new ArrayList<>();
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
      symbols.add(Character.toString(printable ? b : next++));
    }
    return symbols;
  }

  /** Fills in vocabulary, merges and the ids of special tokens; how many ids there are. */
  private static int bytePairs(ObjectNode tokenizer, List<String> symbols, List<Pair> merges) {
    ObjectNode vocab = (ObjectNode) tokenizer.path("model").path("vocab");
    symbols.forEach(symbol -> vocab.put(symbol, vocab.size()));
    ArrayNode pairs = (ArrayNode) tokenizer.path("model").path("merges");
    for (Pair pair : merges) {
      pairs.add(JSON.createArrayNode().add(pair.left()).add(pair.right()));
      if (!vocab.has(pair.joined())) {
        vocab.put(pair.joined(), vocab.size());
      }
    }
    int id = vocab.size();
    for (JsonNode token : tokenizer.path("added_tokens")) {
      ((ObjectNode) token).put("id", id++);
    }
    return id;
  }

  private static int idOf(ObjectNode tokenizer, String special) {
    for (JsonNode token : tokenizer.path("added_tokens")) {
      if (token.path("content").asText().equals(special)) {
        return token.path("id").asInt();
      }
    }
    throw new IllegalArgumentException(special);
  }

  /** tokenizer.json, and the older vocab.json and merges.txt. */
  private static void writeTokenizer(Path folder, ObjectNode tokenizer) throws IOException {
    write(folder.resolve("tokenizer.json"), tokenizer);
    ObjectNode vocab = tokenizer.path("model").path("vocab").deepCopy();
    for (JsonNode token : tokenizer.path("added_tokens")) {
      vocab.put(token.path("content").asText(), token.path("id").asInt());
    }
    write(folder.resolve("vocab.json"), vocab);
    StringBuilder merges = new StringBuilder("#version: 0.2\n");
    for (JsonNode pair : tokenizer.path("model").path("merges")) {
      merges.append(pair.path(0).asText()).append(' ').append(pair.path(1).asText()).append('\n');
    }
    write(folder.resolve("merges.txt"), merges.toString());
  }

  // Files ---------------------------------------------------------------------------------------

  private static ObjectNode read(String resource) throws IOException {
    try (InputStream in = Blueprint.class.getResourceAsStream("blueprint/" + resource)) {
      return (ObjectNode) JSON.readTree(in);
    }
  }

  private static void write(Path path, JsonNode json) throws IOException {
    write(path, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }

  private static void write(Path path, String text) throws IOException {
    AtomicFile.writeText(path, text);
  }

  /** Changes a JSON file in place. */
  static void edit(Path path, Consumer<ObjectNode> change) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(path.toFile());
    try {
      change.accept(json);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    write(path, json);
  }
}
