package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.image.Png;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An audit through the command line, on random tiny models and a LoRA just distilled. */
class AuditCommandTest {
  @TempDir private Path temporary;

  @Test
  void asksInEveryWayAndLeavesAPage() throws IOException {
    Path learnt = temporary.resolve("learnt");
    Outcome distilled = Cli.run(DistillCommandTest.args(learnt, "--steps", "3"));
    assertEquals(0, distilled.exitCode(), distilled.err());
    Path out = temporary.resolve("audit");
    List<String> args =
        new ArrayList<>(
            List.of(
                "audit",
                "--generator",
                ModelFolders.generator().toString(),
                "--verifier",
                ModelFolders.verifier().toString(),
                "--other",
                "brightness",
                "--other",
                "warmth",
                "--lora",
                learnt.resolve("lora.safetensors").toString(),
                "--prompt",
                "Photo of a man",
                "--horizon",
                "0.25",
                "--size",
                "64x64",
                "--unseen-seeds",
                "2",
                "--threads",
                "1",
                "--out",
                out.toString()));
    Outcome outcome = Cli.run(args);
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertTrue(outcome.out().contains("Verdict: "), outcome.out());
    JsonNode results = Fixtures.json(out.resolve("results.json"));
    Map<String, Integer> kinds = new TreeMap<>();
    results
        .get("measurements")
        .forEach(
            m -> {
              kinds.merge(m.get("kind").asText(), 1, Integer::sum);
              assertEquals(2, m.get("after").size());
            });
    assertEquals(
        Map.of(
            "TEACHER", 1,
            "OTHER_VERIFIER", 2,
            "PARAPHRASE", 2,
            "DISTURBANCE", 4,
            "WITHOUT_DRAWING", 1,
            "WRONG_DRAWING", 1),
        kinds);
    assertTrue(Files.exists(out.resolve("audit.html")));
    assertTrue(Files.exists(out.resolve("images/seed-10001-after.png")));
    args.addAll(List.of("--strict", "--overwrite"));
    assertEquals(1, Cli.run(args).exitCode(), "three steps on random models teach nothing");
  }

  /** Models, prompt, question, drawing, size and LoRA are the run's. */
  @Test
  void takesWhatARunSaysFromItsFolder() throws IOException {
    Path learnt = temporary.resolve("learnt");
    Outcome distilled =
        Cli.run(DistillCommandTest.args(learnt, "--steps", "3", "--evaluation-seeds", "2"));
    assertEquals(0, distilled.exitCode(), distilled.err());
    Path out = temporary.resolve("audit");
    Outcome outcome =
        Cli.run(
            "audit", learnt.toString(), "--unseen-seeds", "2", "--threads", "1", "--out", out + "");
    assertEquals(0, outcome.exitCode(), outcome.err());
    JsonNode results = Fixtures.json(out.resolve("results.json"));
    assertEquals(learnt.resolve("lora.safetensors").toString(), results.get("lora").asText());
    List<String> kinds = results.get("measurements").findValuesAsText("kind");
    assertTrue(kinds.contains("WITHOUT_DRAWING"), () -> "the drawing was not found: " + kinds);
    String prompt = Fixtures.json(learnt.resolve("config.json")).get("prompt").asText();
    String parameters = Png.readTexts(out.resolve("images/seed-10000-after.png")).get("parameters");
    assertTrue(parameters.contains(prompt), parameters);
  }

  @Test
  void saysWhatIsMissingAndWhatIsTooMuch() {
    String out = temporary.resolve("out").toString();
    Outcome nothing = Cli.run("audit", "--generator", "tiny", "--out", out);
    assertEquals(2, nothing.exitCode());
    assertTrue(
        nothing.err().contains("Missing required option: '--lora' (or the folder of a run)"),
        nothing.err());
    Outcome twice = Cli.run("audit", temporary.toString(), "--question", "Is it?", "--out", out);
    assertEquals(2, twice.exitCode());
    assertTrue(twice.err().contains("leave out --question"), twice.err());
    Outcome none = Cli.run("audit", temporary.toString(), "--out", out);
    assertEquals(1, none.exitCode());
    assertTrue(none.err().contains("config.json"), none.err());
  }
}
