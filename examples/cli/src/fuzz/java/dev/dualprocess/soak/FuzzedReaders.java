package dev.dualprocess.soak;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dualprocess.evaluate.PromptPairs;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.PictureFile;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraInfo;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.text.Tokenizer;
import dev.dualprocess.weights.SafeTensorsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Readers of strangers' files, looked for holes by coverage (Jazzer), one at a time: {@code mvn
 * -Pfuzz -pl examples/cli -am test -Dtest=FuzzedReaders#pictures}. A refusal in one line is fine;
 * everything else that is thrown is a finding, and so is an input that takes too long or too much.
 */
class FuzzedReaders {
  private static final String MINUTES = "5m";

  @TempDir private static Path folder;

  /** Reads a file, and does with it what one does. */
  private interface Reading {
    void read(Path file) throws IOException;
  }

  private static void read(String name, byte[] bytes, Reading reading) throws IOException {
    Path file = Files.write(folder.resolve(name), bytes);
    try {
      reading.read(file);
    } catch (IOException | IllegalArgumentException e) {
      // Refused; whether in words, MutationSoakTest looks at: here inputs would learn those words.
    }
  }

  private static byte[] fixture(String name) throws IOException {
    return Files.readAllBytes(Fixtures.path(name));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @MethodSource("safetensorsSeeds")
  @FuzzTest(maxDuration = MINUTES)
  void safetensors(byte[] bytes) throws IOException {
    read(
        "model.safetensors",
        bytes,
        file -> {
          try (SafeTensorsFile weights = SafeTensorsFile.open(file);
              PointerScope scope = new PointerScope()) {
            weights.names().forEach(weights::tensor);
          }
        });
  }

  static Stream<byte[]> safetensorsSeeds() throws IOException {
    return Stream.of(
        small("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8),
        small("{\"__metadata__\":{\"format\":\"pt\"},\"b\":{\"dtype\":\"BF16\",\"shape\":[],"
            + "\"data_offsets\":[0,2]}}", 2));
  }

  /** A safetensors file of that header and so many bytes. */
  private static byte[] small(String header, int bytes) {
    byte[] json = text(header);
    byte[] file = new byte[8 + json.length + bytes];
    file[0] = (byte) json.length;
    System.arraycopy(json, 0, file, 8, json.length);
    return file;
  }

  @MethodSource("loraSeeds")
  @FuzzTest(maxDuration = MINUTES)
  void loras(byte[] bytes) throws IOException {
    read(
        "lora.safetensors",
        bytes,
        file -> {
          LoraInfo.of(file);
          Lora.load(file).close();
        });
  }

  static Stream<byte[]> loraSeeds() {
    return Stream.of(
        small(
            "{\"t.q.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
                + "\"t.q.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[2,1],"
                + "\"data_offsets\":[8,16]}}",
            16));
  }

  @MethodSource("pictureSeeds")
  @FuzzTest(maxDuration = MINUTES)
  void pictures(byte[] bytes) throws IOException {
    read("picture", bytes, file -> PictureFile.read(file));
  }

  static Stream<byte[]> pictureSeeds() throws IOException {
    Path pictures = Files.createTempDirectory("pictures");
    Stream.Builder<byte[]> seeds = Stream.builder();
    for (Path file : Pictures.write(pictures)) {
      seeds.add(Files.readAllBytes(file));
    }
    return seeds.build();
  }

  @MethodSource("tokenizerSeeds")
  @FuzzTest(maxDuration = MINUTES)
  void tokenizers(byte[] bytes) throws IOException {
    read(
        "tokenizer.json",
        bytes,
        file -> {
          try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            tokenizer.encode("a cat on a mat");
          }
        });
  }

  static Stream<byte[]> tokenizerSeeds() throws IOException {
    return Stream.of(fixture("tiny-qwen25vl/tokenizer.json"));
  }

  @MethodSource("compositionSeeds")
  @FuzzTest(maxDuration = MINUTES)
  void compositions(byte[] bytes) throws IOException {
    read(
        "composition.json",
        bytes,
        file -> VisualPrompt.composition(file).draw(ImageSize.square(64)));
  }

  static Stream<byte[]> compositionSeeds() {
    return Stream.of(
        text(
            "{\"annotations\": [{\"arrow\": [0.1, 0.2, 0.8, 0.9]}, {\"box\": [0.2, 0.2, 0.5, 0.3]},"
                + " {\"text\": \"sky\", \"at\": [0.5, 0.1]}]}"));
  }

  @MethodSource("recordSeeds")
  @FuzzTest(maxDuration = MINUTES)
  void records(byte[] bytes) throws IOException {
    read("records.jsonl", bytes, file -> PromptPairs.read(file.toString()));
  }

  static Stream<byte[]> recordSeeds() {
    return Stream.of(
        text(
            "{\"prompt1\": \"ice\", \"prompt2\": \"water\", \"description1\": \"a\","
                + " \"description2\": \"b\", \"category\": \"Laws\"}"));
  }

  @MethodSource("planSeeds")
  @FuzzTest(maxDuration = MINUTES)
  void runs(byte[] bytes) throws IOException {
    read("config.json", bytes, file -> RunPlan.read(folder));
  }

  static Stream<byte[]> planSeeds() throws IOException {
    Path run = RunSamples.distillation(Files.createTempDirectory("run"));
    return Stream.of(Files.readAllBytes(run.resolve("config.json")));
  }
}
