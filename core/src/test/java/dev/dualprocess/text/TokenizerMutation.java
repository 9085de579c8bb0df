package dev.dualprocess.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.testing.JsonMutation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A damaged tokenizer folder of one of many kinds, the same from the same seed. */
final class TokenizerMutation {
  static final List<String> KINDS =
      List.of(
          "clip",
          "t5",
          "gemma",
          "qwen",
          "idefics2",
          "clip-files",
          "qwen-files",
          "t5-pieces",
          "made-up");

  private static final List<String> FILES =
      List.of(
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "spiece.model");

  private final Map<String, Map<String, byte[]>> given = new HashMap<>();
  private final Map<String, JsonNode> json = new HashMap<>();

  TokenizerMutation() throws IOException {
    for (String kind : TokenizerSamples.KINDS) {
      json.put(kind, TokenizerSamples.json(kind));
    }
    for (String kind : KINDS) {
      given.put(kind, files(kind));
    }
  }

  private static Map<String, byte[]> files(String kind) throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    if (kind.equals("made-up")) {
      return files;
    }
    Path folder = TokenizerSamples.folder(kind.replaceFirst("-.*", ""));
    for (String file : FILES) {
      boolean config = file.endsWith(".json") && !file.equals("vocab.json");
      if (Files.exists(folder.resolve(file)) && (config || kind.contains("-"))) {
        files.put(file, Files.readAllBytes(folder.resolve(file)));
      }
    }
    return files;
  }

  static String kind(long seed) {
    return KINDS.get((int) (seed % KINDS.size()));
  }

  /** Writes the damaged folder of that seed. */
  void write(long seed, Path folder) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, byte[]> files = new HashMap<>(given.get(kind(seed)));
    if (files.isEmpty()) {
      JsonNode charsmap = json.get("t5").findValue("precompiled_charsmap");
      ObjectNode madeUp = new MadeUpTokenizer(random, charsmap).json();
      files.put("tokenizer.json", madeUp.toString().getBytes(StandardCharsets.UTF_8));
    } else if (json.containsKey(kind(seed)) && random.nextInt(8) > 0) {
      JsonNode damaged = new JsonMutation(random).mutated(json.get(kind(seed)));
      files.put("tokenizer.json", bytes(damaged));
      if (random.nextInt(10) == 0) {
        files.computeIfPresent("tokenizer.json", (name, content) -> damaged(random, content));
      }
    } else {
      if (json.containsKey(kind(seed))) {
        files.put("tokenizer.json", bytes(json.get(kind(seed))));
      }
      String[] names = files.keySet().stream().sorted().toArray(String[]::new);
      String name = names[random.nextInt(names.length)];
      files.computeIfPresent(name, (file, content) -> changed(random, file, content));
    }
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
  }

  private static byte[] bytes(JsonNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] changed(SplittableRandom random, String file, byte[] content) {
    if (!file.endsWith(".json") || random.nextInt(4) == 0) {
      return damaged(random, content);
    }
    try {
      JsonNode root = JsonMapper.builder().build().readTree(content);
      return bytes(new JsonMutation(random).mutated(root));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Up to eight bytes changed, a stretch cut out or doubled, or the end lost. */
  private static byte[] damaged(SplittableRandom random, byte[] content) {
    byte[] bytes = content.clone();
    if (bytes.length == 0) {
      return bytes;
    }
    int at = random.nextInt(bytes.length);
    int end = Math.min(bytes.length, at + random.nextInt(1, 40));
    switch (random.nextInt(4)) {
      case 0 -> bytes = Arrays.copyOf(bytes, at);
      case 1 -> {
        System.arraycopy(content, end, bytes, at, bytes.length - end);
        bytes = Arrays.copyOf(bytes, bytes.length - (end - at));
      }
      case 2 -> {
        bytes = Arrays.copyOf(bytes, bytes.length + end - at);
        System.arraycopy(content, at, bytes, end, content.length - at);
      }
      default -> {
        for (int i = random.nextInt(1, 9); i > 0; i--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
      }
    }
    return bytes;
  }
}
