package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A wrong input is one clear line and an exit code, and costs no earlier result. */
class RefusalTest {
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  @TempDir private Path temporary;

  private Path out;
  private Path generator;
  private Path transformer;

  @BeforeEach
  void leaveEarlierResults() throws IOException {
    out = Files.createDirectories(temporary.resolve("out"));
    Files.writeString(out.resolve("lora.safetensors"), "earlier");
    Files.writeString(out.resolve("results.json"), "{}");
    generator = ModelFolders.copyOfGenerator(temporary.resolve("generator"));
    transformer = generator.resolve("transformer");
  }

  private List<String> distill(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "distill",
                "--generator",
                generator.toString(),
                "--verifier",
                ModelFolders.verifier().toString(),
                "--prompt",
                "Photo of a man",
                "--threads",
                "1",
                "--out",
                out.toString()));
    args.addAll(List.of(more));
    return args;
  }

  private void refuses(int exitCode, String said, List<String> args) throws IOException {
    Map<String, String> before = content(out);
    Outcome outcome = Cli.run(args);
    assertEquals(exitCode, outcome.exitCode(), outcome.err());
    assertTrue(outcome.err().contains(said), "'" + said + "' is not in: " + outcome.err());
    assertTrue(outcome.err().startsWith("dualprocess: "), outcome.err());
    long lines = outcome.err().lines().filter(line -> !line.startsWith("See '")).count();
    assertEquals(1, lines, "more than one line: " + outcome.err());
    assertFalse(outcome.err().contains("\tat "), "a stack trace: " + outcome.err());
    assertEquals(before, content(out), "earlier results changed");
  }

  private void refusesWithQuestion(int exitCode, String said, String... more) throws IOException {
    List<String> args = distill(more);
    args.addAll(List.of("--question", "Is it good?"));
    refuses(exitCode, said, args);
  }

  private static Map<String, String> content(Path folder) throws IOException {
    Map<String, String> content = new TreeMap<>();
    if (!Files.isDirectory(folder)) {
      return content;
    }
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        content.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return content;
  }

  @Test
  void missingDirectory() throws IOException {
    generator = temporary.resolve("nowhere");
    refusesWithQuestion(FAILED, "nowhere: no such generator");
  }

  @Test
  void anEmptyNameIsWrongUsage() throws IOException {
    List<String> args = distill("--question", "Is it good?");
    for (String empty : List.of("", " ")) {
      args.set(args.indexOf("--generator") + 1, empty);
      refuses(
          WRONG_USAGE,
          "dualprocess: the generator is empty: give its folder, its name or its id on the hub",
          args);
    }
  }

  @Test
  void notAModelDirectory() throws IOException {
    generator = Files.createDirectories(temporary.resolve("empty"));
    refusesWithQuestion(FAILED, "not a model directory");
  }

  @Test
  void verifierWhereAGeneratorIsExpected() throws IOException {
    generator = ModelFolders.verifier();
    refusesWithQuestion(
        FAILED,
        generator
            + ": not a model directory for a generator: it is a verifier, qwen2_5_vl"
            + " (Qwen2_5_VLForConditionalGeneration); the generators here read FluxPipeline,");
  }

  @Test
  void generatorWhereAVerifierIsExpected() throws IOException {
    List<String> args = distill("--question", "Is it good?");
    args.set(args.indexOf("--verifier") + 1, generator.toString());
    refuses(
        FAILED,
        generator
            + ": not a model directory for a verifier: it is a generator, FluxPipeline; the verifiers"
            + " here read idefics2, idefics3, qwen2_5_vl, qwen3_vl, smolvlm",
        args);
  }

  @Test
  void aKnownModelThatIsNotRead() throws IOException {
    Files.writeString(
        generator.resolve("model_index.json"), "{\"_class_name\": \"FluxKontextPipeline\"}");
    refusesWithQuestion(
        FAILED,
        generator + ": FluxKontextPipeline is not read; the generators here read FluxPipeline,");
  }

  @Test
  void truncatedSafetensors() throws IOException {
    ModelFolders.truncate(transformer.resolve(ModelFolders.WEIGHTS));
    refusesWithQuestion(FAILED, "truncated");
  }

  @Test
  void absurdHeaderLength() throws IOException {
    Path weights = transformer.resolve(ModelFolders.WEIGHTS);
    ModelFolders.claimHeader(weights, Long.MAX_VALUE);
    refusesWithQuestion(FAILED, "it claims a header of");
    ModelFolders.claimHeader(weights, -1);
    refusesWithQuestion(FAILED, "it claims a header of");
    ModelFolders.claimHeader(weights, 90_000_000);
    refusesWithQuestion(FAILED, "truncated");
  }

  @Test
  void missingShard() throws IOException {
    ModelFolders.shard(transformer, "shard-1.safetensors", "shard-2.safetensors");
    Files.delete(transformer.resolve("shard-2.safetensors"));
    refusesWithQuestion(FAILED, "shard-2.safetensors: no such file");
  }

  @Test
  void indexThatNamesAFileOutside() throws IOException {
    Path outside = temporary.resolve("shard-2.safetensors");
    ModelFolders.shard(transformer, "shard-1.safetensors", "../../shard-2.safetensors");
    Files.move(transformer.resolve("shard-2.safetensors"), outside);
    refusesWithQuestion(FAILED, "outside the model directory");
  }

  @Test
  void missingTensor() throws IOException {
    ModelFolders.rewrite(
        transformer.resolve(ModelFolders.WEIGHTS),
        (tensors, file) -> tensors.remove("proj_out.weight"));
    refusesWithQuestion(FAILED, "missing proj_out.weight");
  }

  @Test
  void tensorOfTheWrongShape() throws IOException {
    ModelFolders.rewrite(
        transformer.resolve(ModelFolders.WEIGHTS),
        (tensors, file) -> tensors.put("proj_out.bias", torch.zeros(3)));
    refusesWithQuestion(FAILED, "proj_out.bias is [3], expected [");
  }

  @Test
  void unexpectedTensor() throws IOException {
    ModelFolders.rewrite(
        transformer.resolve(ModelFolders.WEIGHTS),
        (tensors, file) -> tensors.put("stray.weight", torch.zeros(3)));
    refusesWithQuestion(FAILED, "unexpected stray.weight");
  }

  @Test
  void brokenTokenizer() throws IOException {
    Files.writeString(generator.resolve("tokenizer_2/tokenizer.json"), "{\"model\": {}}");
    refusesWithQuestion(FAILED, "tokenizer.json: not a usable tokenizer");
    Files.writeString(generator.resolve("tokenizer_2/tokenizer.json"), "{\"model\": ");
    refusesWithQuestion(FAILED, "tokenizer.json: not valid JSON");
  }

  @Test
  void sizeThatIsNoMultipleOf16() throws IOException {
    refusesWithQuestion(WRONG_USAGE, "must be multiples of", "--size", "64x65");
    refusesWithQuestion(WRONG_USAGE, "is not WIDTHxHEIGHT", "--size", "big");
  }

  @Test
  void emptyTexts() throws IOException {
    refuses(WRONG_USAGE, "the question is empty", distill("--question", " "));
    refuses(WRONG_USAGE, "nothing to ask", distill());
    refusesWithQuestion(WRONG_USAGE, "the answer is empty", "--answer", "");
  }

  @Test
  void numbersOutOfRange() throws IOException {
    refusesWithQuestion(WRONG_USAGE, "steps must be at least 1, not 0", "--steps", "0");
    refusesWithQuestion(WRONG_USAGE, "rank must be at least 1", "--rank", "0");
    refusesWithQuestion(WRONG_USAGE, "seeds must be at least 1", "--seeds", "-3");
    refusesWithQuestion(WRONG_USAGE, "learning rate", "--learning-rate", "NaN");
    refusesWithQuestion(WRONG_USAGE, "horizon's position", "--horizon", "1.5");
    refusesWithQuestion(WRONG_USAGE, "'many' is not", "--steps", "many");
  }

  @Test
  void twoVisualPromptsAtOnce() throws IOException {
    refusesWithQuestion(
        WRONG_USAGE, "mutually exclusive", "--horizon", "0.5", "--overlay", "line.png");
  }

  @Test
  void outputThatCannotBeWritten() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "in the way");
    out = file.resolve("out");
    refusesWithQuestion(FAILED, "cannot write there");
    assertEquals("in the way", Files.readString(file));
  }

  @Test
  void unreadableOverlay() throws IOException {
    refusesWithQuestion(
        FAILED,
        "nowhere.png: no such file",
        "--overlay",
        temporary.resolve("nowhere.png").toString());
    Path text = Files.writeString(temporary.resolve("text.png"), "no picture");
    refusesWithQuestion(FAILED, "not a picture", "--overlay", text.toString());
  }

  @Test
  void unknownDevice() throws IOException {
    refusesWithQuestion(WRONG_USAGE, "unknown device 'tpu'", "--generator-device", "tpu");
    assumeTrue(Torch.cudaDevices() == 0, "this machine has a GPU");
    refusesWithQuestion(
        WRONG_USAGE, "no CUDA device is usable here", "--verifier-device", "cuda:0");
  }

  @Test
  void earlierResultsInTheWay() throws IOException {
    refusesWithQuestion(FAILED, "holds the results of an earlier run", "--size", "64x64");
  }

  @Test
  void loraOfAnotherModel() throws IOException {
    Path lora = temporary.resolve("lora.safetensors");
    Files.writeString(lora, "no LoRA");
    refuses(
        FAILED,
        "lora.safetensors",
        List.of(
            "generate",
            "--generator",
            generator.toString(),
            "--prompt",
            "a cat",
            "--lora",
            lora.toString(),
            "--out",
            out.toString()));
  }

  @Test
  void unreadablePictureToRate() throws IOException {
    refuses(
        FAILED,
        "no such file",
        List.of(
            "rate",
            "--verifier",
            ModelFolders.verifier().toString(),
            "--image",
            temporary.resolve("nowhere.png").toString(),
            "--question",
            "What is it?"));
  }
}
