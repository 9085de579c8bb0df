package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.cli.Cli.Outcome;
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

  /** Its figures are those the run itself ended with, on the same seeds. */
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
    JsonNode evaluation = Fixtures.json(learnt.resolve("results.json")).at("/evaluations/0");
    JsonNode teacher = Fixtures.json(out.resolve("results.json")).at("/measurements/0");
    for (String when : List.of("before", "after")) {
      double mean =
          (teacher.at("/" + when + "/0").asDouble() + teacher.at("/" + when + "/1").asDouble()) / 2;
      assertEquals(evaluation.at("/" + when + "/probability").asDouble(), mean, 1e-6, when);
    }
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
