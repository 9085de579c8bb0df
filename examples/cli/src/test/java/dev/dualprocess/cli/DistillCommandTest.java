package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.image.Png;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.SafeTensorsFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job through the command line, on random tiny models. */
class DistillCommandTest {
  private static final String PROMPT = "Photo of a man";

  @TempDir private Path temporary;

  static List<String> args(Path out, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "distill",
                "--generator",
                ModelFolders.generator().toString(),
                "--verifier",
                ModelFolders.verifier().toString(),
                "--prompt",
                PROMPT,
                "--horizon",
                "0.5",
                "--size",
                "64x64",
                "--rank",
                "4",
                "--learning-rate",
                "2e-3",
                "--seeds",
                "10",
                "--threads",
                "1",
                "--out",
                out.toString()));
    args.addAll(List.of(more));
    return args;
  }

  @Test
  void lowersTheLossAndLeavesEveryFile() throws IOException {
    Path out = temporary.resolve("run");
    Outcome outcome = Cli.run(args(out));
    assertEquals(0, outcome.exitCode(), outcome.err());
    for (String name :
        List.of(
            "config.json",
            "lora.safetensors",
            "losses.csv",
            "losses.png",
            "before-after.png",
            "results.json",
            "checkpoint/state.safetensors")) {
      assertTrue(Files.size(out.resolve(name)) > 0, name);
    }
    List<String[]> rows =
        Files.readAllLines(out.resolve("losses.csv")).stream()
            .skip(1)
            .map(line -> line.split(",", -1))
            .toList();
    assertEquals(100, rows.size());
    double first = meanLoss(rows.subList(0, 10));
    double last = meanLoss(rows.subList(90, 100));
    assertTrue(last < first, "the mean loss over the ten seeds went from " + first + " to " + last);
    JsonNode results = Fixtures.json(out.resolve("results.json"));
    assertEquals(last, results.path("meanLossLastRound").asDouble(), 1e-4);
    assertEquals(8, results.path("evaluations").get(0).path("unseenSeeds").asInt());
    assertSameLayoutAsReference(out.resolve("lora.safetensors"));
    assertGenerateDrawsTheSame(out);
  }

  private static double meanLoss(List<String[]> rows) {
    return rows.stream().mapToDouble(row -> Double.parseDouble(row[3])).average().orElseThrow();
  }

  private static void assertSameLayoutAsReference(Path lora) throws IOException {
    Path reference =
        Fixtures.path("trajectories/schnell_qwen_overlay/pytorch_lora_weights.safetensors");
    try (SafeTensorsFile ours = SafeTensorsFile.open(lora);
        SafeTensorsFile theirs = SafeTensorsFile.open(reference)) {
      assertEquals(shapes(theirs), shapes(ours));
    }
  }

  /** Key to shape, the rank written as R: it is the run's choice. */
  private static Map<String, String> shapes(SafeTensorsFile file) {
    Map<String, String> shapes = new TreeMap<>();
    file.entries()
        .forEach(
            (name, entry) -> {
              List<String> sizes =
                  new ArrayList<>(entry.shape().stream().map(String::valueOf).toList());
              sizes.set(name.contains("lora_A") ? 0 : 1, "R");
              shapes.put(name, sizes.toString());
            });
    return shapes;
  }

  private void assertGenerateDrawsTheSame(Path run) throws IOException {
    Path drawn = temporary.resolve("drawn");
    Outcome outcome =
        Cli.run(
            "generate",
            "--generator",
            ModelFolders.generator().toString(),
            "--prompt",
            PROMPT,
            "--size",
            "64x64",
            "--lora",
            run.resolve("lora.safetensors").toString(),
            "--seed",
            "10000",
            "--count",
            "3",
            "--threads",
            "1",
            "--out",
            drawn.toString());
    assertEquals(0, outcome.exitCode(), outcome.err());
    for (int seed = 10_000; seed < 10_003; seed++) {
      Path evaluated = run.resolve("images/photo-of-a-man-seed-" + seed + "-after.png");
      assertEquals(
          pixels(Png.read(evaluated)), pixels(Png.read(drawn.resolve("seed-" + seed + ".png"))));
      assertTrue(Png.readTexts(evaluated).get("parameters").contains("\"seed\" : " + seed));
    }
  }

  private static String pixels(BufferedImage image) {
    int width = image.getWidth();
    return Arrays.toString(image.getRGB(0, 0, width, image.getHeight(), null, 0, width));
  }

  @Test
  void multiStepAndNonSquareWithADrawing() throws IOException {
    Path out = temporary.resolve("run");
    List<String> args = new ArrayList<>(args(out, "--inference-steps", "3", "--steps", "4"));
    args.set(args.indexOf("64x64"), "96x64");
    args.set(args.indexOf("--horizon") + 1, Fixtures.path("overlays/points_ns.png").toString());
    args.set(args.indexOf("--horizon"), "--overlay");
    args.addAll(
        List.of("--overlay-mode", "transparent", "--question", "Is A nearer?", "--answer", "No"));
    Outcome outcome = Cli.run(args);
    assertEquals(0, outcome.exitCode(), outcome.err());
    BufferedImage image = Png.read(out.resolve("images/photo-of-a-man-seed-10000-after.png"));
    assertEquals(96, image.getWidth());
    assertEquals(64, image.getHeight());
    JsonNode check = Fixtures.json(out.resolve("config.json")).path("checks").get(0);
    assertEquals("Is A nearer? Answer with Yes or No.", check.path("question").asText());
    assertEquals("TRANSPARENT", check.path("overlayMode").asText());
  }

  /** At a rate of nearly 0 every step has the loss that its own text has alone. */
  @Test
  void textsAreTrainedInTurn() throws IOException {
    List<double[]> alone = new ArrayList<>();
    for (String text : List.of(PROMPT, "Photo of a dog")) {
      List<String> args = still(temporary.resolve("alone-" + alone.size()));
      args.set(args.indexOf(PROMPT), text);
      alone.add(losses(args));
    }
    Path out = temporary.resolve("both");
    List<String> args = still(out);
    args.addAll(List.of("--also", "Photo of a dog"));
    double[] both = losses(args);
    double[] expected = {alone.get(0)[0], alone.get(1)[1], alone.get(1)[2], alone.get(0)[3]};
    assertArrayEquals(expected, both, 1e-5);
    assertNotEquals(alone.get(0)[1], both[1], 1e-4);
    JsonNode also = Fixtures.json(out.resolve("config.json")).path("also");
    assertEquals(1, also.size());
    assertEquals("Photo of a dog", also.get(0).path("prompt").asText());
    assertEquals(1, also.get(0).path("checks").size());
  }

  /** Four steps over two seeds that change nothing. */
  private static List<String> still(Path out) {
    List<String> args = args(out, "--steps", "4", "--evaluation-seeds", "1");
    args.set(args.indexOf("--learning-rate") + 1, "1e-12");
    args.set(args.indexOf("--seeds") + 1, "2");
    return args;
  }

  private static double[] losses(List<String> args) throws IOException {
    Outcome outcome = Cli.run(args);
    assertEquals(0, outcome.exitCode(), outcome.err());
    Path out = Path.of(args.get(args.indexOf("--out") + 1));
    return Files.readAllLines(out.resolve("losses.csv")).stream()
        .skip(1)
        .mapToDouble(line -> Double.parseDouble(line.split(",", -1)[3]))
        .toArray();
  }

  @Test
  void printsOneJsonObjectAStepForMachines() throws IOException {
    Path out = temporary.resolve("run");
    Outcome outcome = Cli.run(args(out, "--steps", "3", "--json", "--evaluation-seeds", "1"));
    assertEquals(0, outcome.exitCode(), outcome.err());
    List<JsonNode> events = new ArrayList<>();
    for (String line : outcome.out().lines().toList()) {
      events.add(new ObjectMapper().readTree(line));
    }
    List<JsonNode> steps =
        events.stream().filter(e -> e.path("event").asText().equals("step")).toList();
    assertEquals(3, steps.size());
    assertEquals(2, steps.get(1).path("step").asInt());
    assertEquals("done", events.get(events.size() - 1).path("event").asText());
  }
}
