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
}
