package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Splitter;
import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.cli.language.LoopbackServer;
import dev.dualprocess.cli.language.LoopbackServer.Answer;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.vqa.AnswerPrompt;
import dev.dualprocess.vqa.SeenImage;
import dev.dualprocess.vqa.VisionLanguageModel;
import dev.dualprocess.vqa.VqaVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VQAScore, weights and suggested questions through the command line. */
class ScoresCommandTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String VERIFIER = ModelFolders.verifier().toString();

  @TempDir private Path temporary;

  private static JsonNode rated(Path image, String... more) throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of("rate", "--verifier", VERIFIER, "--image", image.toString(), "--json"));
    args.addAll(List.of(more));
    Outcome outcome = Cli.run(args);
    assertEquals(0, outcome.exitCode(), outcome.err());
    return MAPPER.readTree(outcome.out().strip());
  }

  /** The probability of Yes after that question, from the model's logits. */
  private static double probability(Path image, String question) throws IOException {
    try (VqaVerifier verifier =
            (VqaVerifier) Providers.verifiers().open(ModelFolders.verifier(), Placement.CPU);
        PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      VisionLanguageModel model = verifier.model();
      SeenImage seen = model.see(ImageIO.read(image.toFile()));
      AnswerPrompt prompt = model.answerPrompt(question, "Yes", seen);
      float[] logits =
          Ops.toFloats(model.logits(prompt.inputIds().toArray(), prompt.logitPositions(), seen));
      long[] answer = prompt.answerIds();
      int words = logits.length / answer.length;
      double product = 1;
      for (int t = 0; t < answer.length; t++) {
        double sum = 0;
        for (int w = 0; w < words; w++) {
          sum += Math.exp(logits[t * words + w] - logits[t * words + (int) answer[t]]);
        }
        product /= sum;
      }
      return Math.pow(product, 1.0 / answer.length);
    }
  }

  private Path texts() throws IOException {
    return Files.writeString(
        temporary.resolve("texts.jsonl"),
        """
        {"tag": "colors", "prompt": "a red cat"}
        {"tag": "counting", "prompt": "two cats"}
        """);
  }

  private Outcome evaluate(Path out, String... more) throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of("evaluate", "--vqascore", "--generator", ModelFolders.generator().toString()));
    args.addAll(List.of("--verifier", VERIFIER, "--records", texts().toString(), "--images", "2"));
    args.addAll(List.of("--size", "64x64", "--threads", "1", "--out", out.toString()));
    args.addAll(List.of(more));
    return Cli.run(args);
  }

  @Test
  void evaluateScoresWhatRateScores() throws IOException {
    Path run = temporary.resolve("run");
    Outcome taught = Cli.run(DistillCommandTest.args(run, "--steps", "1"));
    assertEquals(0, taught.exitCode(), taught.err());
    Path out = temporary.resolve("scores");
    String lora = run.resolve("lora.safetensors") + ":3";
    Outcome outcome = evaluate(out, "--lora", lora);
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertTrue(outcome.out().contains("not by GenEval's object detector"), outcome.out());
    JsonNode results = Fixtures.json(out.resolve("results.json"));
    assertEquals(6, results.path("scores").size());
    List<String> lines = Files.readAllLines(out.resolve("vqascores.csv"));
    assertEquals(1 + 2 * 2 * 2, lines.size());
    for (String name : List.of("0001-base-1", "0001-lora-0")) {
      Path image = out.resolve("images/" + name + ".png");
      JsonNode told = rated(image, "--text", "two cats");
      double score = told.path("vqascore").asDouble();
      assertEquals(
          probability(image, "Does this figure show \"two cats\"? Please answer Yes or No."),
          score,
          1e-6);
      String line = lines.stream().filter(l -> l.contains(name)).findFirst().orElseThrow();
      assertEquals(
          score, Double.parseDouble(Splitter.on(',').splitToList(line).get(5)), 1e-12, line);
    }
    assertEquals(1, evaluate(out, "--lora", lora).exitCode());
    Files.delete(out.resolve("records/0001.json"));
    String before = Files.readString(out.resolve("scores.csv"));
    assertEquals(0, evaluate(out, "--lora", lora, "--resume").exitCode());
    assertEquals(before, Files.readString(out.resolve("scores.csv")));
    assertEquals(1, evaluate(out, "--resume").exitCode(), "another configuration");
  }

  @Test
  void whatDoesNotGoTogetherIsToldInOneLine() throws IOException {
    Path out = temporary.resolve("never");
    Path image = Files.writeString(temporary.resolve("image.png"), "");
    for (Outcome outcome :
        List.of(
            evaluate(out, "--judge", VERIFIER),
            Cli.run("evaluate", "--generator", "tiny", "--lora", "a.safetensors", "--out", "o"),
            Cli.run("evaluate", "--generator", "tiny", "--records", "geneval", "--out", "o"),
            Cli.run("evaluate", "--generator", "tiny", "--rows", "base", "--out", "o"),
            Cli.run("evaluate", "--generator", "tiny", "--vqascore", "--out", "o"),
            Cli.run(
                "rate",
                "--verifier",
                "tiny",
                "--image",
                image.toString(),
                "--text",
                "a cat",
                "--question",
                "Is it?"))) {
      assertEquals(2, outcome.exitCode(), outcome.err());
      assertEquals(1, outcome.err().lines().count(), outcome.err());
    }
  }

  @Test
  void weightsOfQuestionsAndMembersAreKeptAndUsed() throws IOException {
    Path out = temporary.resolve("run");
    List<String> args = DistillCommandTest.args(out, "--steps", "2");
    args.set(args.indexOf("--verifier") + 1, "brightness:0.5");
    args.addAll(List.of("--verifier", "warmth:1.5"));
    args.addAll(List.of("--question", "0.3", "--question", "2.5:0.3"));
    args.addAll(List.of("--answer", "0.3", "--answer", "0.3"));
    Outcome outcome = Cli.run(args);
    assertEquals(0, outcome.exitCode(), outcome.err());
    JsonNode config = Fixtures.json(out.resolve("config.json"));
    assertEquals(1, config.at("/checks/0/weight").asDouble(1));
    assertEquals(2.5, config.at("/checks/1/weight").asDouble());
    assertEquals("0.3", config.at("/checks/1/question").asText());
    assertEquals("brightness:0.5", config.at("/verifiers/0/id").asText());
    Outcome resumed = Cli.run("resume", out.toString(), "--threads", "1");
    assertEquals(0, resumed.exitCode(), resumed.err());
  }

  @Test
  void suggestAsksForQuestionsAndNamesThemForDistill() throws Exception {
    Path log = temporary.resolve("log.txt");
    try (LoopbackServer server =
        new LoopbackServer(
            (asked, before) ->
                Answer.saying(
                    asked.hasImage()
                        ? "{\"questions\": [\"Is the horizon on the line?\", \"Is it wet?\"]}"
                        : "no"))) {
      int code =
          ProcessRun.start(
                  List.of(
                      "suggest",
                      "--prompt",
                      "a beach",
                      "--assistant",
                      "openai:fake",
                      "--count",
                      "2",
                      "--horizon",
                      "0.4",
                      "--json"),
                  log,
                  Map.of("OPENAI_BASE_URL", server.url(), "OPENAI_API_KEY", "k"),
                  List.of())
              .waitFor();
      assertEquals(0, code, ProcessRun.read(log));
    }
    String told = ProcessRun.read(log);
    assertTrue(told.contains("\"question\":\"Is it wet? Answer with Yes or No.\""), told);
  }
}
