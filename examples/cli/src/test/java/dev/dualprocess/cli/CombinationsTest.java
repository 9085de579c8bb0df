package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every generator taught by every verifier, through the command line, on random tiny models. */
@Tag("slow")
class CombinationsTest {
  private static final int STEPS = 20;

  private static final Map<String, String> PROVIDERS =
      Map.of(
          "tiny-flux-schnell", "flux",
          "tiny-flux-dev", "flux",
          "tiny-sana", "sana",
          "tiny-sana-sprint", "sana");

  @TempDir private Path temporary;

  @ParameterizedTest
  @CsvSource({
    "tiny-flux-schnell, tiny-idefics2, 5e-5",
    "tiny-flux-schnell, tiny-qwen25vl, 5e-5",
    "tiny-flux-schnell, tiny-smolvlm, 5e-5",
    "tiny-flux-schnell, tiny-qwen3vl, 5e-5",
    "tiny-flux-dev, tiny-idefics2, 5e-5",
    "tiny-flux-dev, tiny-qwen25vl, 5e-5",
    "tiny-flux-dev, tiny-smolvlm, 5e-5",
    "tiny-sana, tiny-idefics2, 5e-6",
    "tiny-sana, tiny-qwen25vl, 5e-6",
    "tiny-sana-sprint, tiny-idefics2, 5e-6",
    "tiny-sana-sprint, tiny-qwen25vl, 5e-6",
    "tiny-sana, tiny-smolvlm, 5e-6",
    "tiny-sana-sprint, tiny-smolvlm, 5e-6",
    "tiny-flux-dev, tiny-qwen3vl, 5e-5",
    "tiny-sana, tiny-qwen3vl, 5e-6",
    "tiny-sana-sprint, tiny-qwen3vl, 5e-6",
  })
  void trainsAndDraws(String generator, String verifier, double learningRate) throws IOException {
    Path out = temporary.resolve("run");
    Outcome trained =
        Cli.run(
            "distill",
            "--generator",
            Fixtures.path(generator).toString(),
            "--verifier",
            Fixtures.path(verifier).toString(),
            "--prompt",
            "Photo of a man",
            "--question",
            "Is the man smiling?",
            "--size",
            "64x64",
            "--inference-steps",
            "3",
            "--rank",
            "2",
            "--seeds",
            "5",
            "--steps",
            Integer.toString(STEPS),
            "--evaluation-seeds",
            "1",
            "--threads",
            "1",
            "--out",
            out.toString());
    assertEquals(0, trained.exitCode(), trained.err());
    JsonNode config = Fixtures.json(out.resolve("config.json"));
    assertEquals(PROVIDERS.get(generator), config.path("generator").path("provider").asText());
    double rate = config.path("settings").path("adam").path("learningRate").asDouble();
    assertEquals(learningRate, rate);
    assertMeasured(out.resolve("losses.csv"));
    Outcome drawn =
        Cli.run(
            "generate",
            "--generator",
            Fixtures.path(generator).toString(),
            "--prompt",
            "Photo of a man",
            "--size",
            "96x64",
            "--inference-steps",
            "3",
            "--lora",
            out.resolve("lora.safetensors").toString(),
            "--threads",
            "1",
            "--out",
            temporary.resolve("drawn").toString());
    assertEquals(0, drawn.exitCode(), drawn.err());
  }

  /** Every step has a loss, and a gradient reached the adapter. */
  private static void assertMeasured(Path losses) throws IOException {
    List<String> lines = Files.readAllLines(losses);
    List<String> header = List.of(lines.get(0).split(",", -1));
    assertEquals(STEPS, lines.size() - 1);
    for (String line : lines.subList(1, lines.size())) {
      String[] row = line.split(",", -1);
      double loss = Double.parseDouble(row[header.indexOf("loss")]);
      double norm = Double.parseDouble(row[header.indexOf("gradient_norm")]);
      assertTrue(Double.isFinite(loss) && loss > 0, line);
      assertTrue(Double.isFinite(norm) && norm > 0, line);
    }
  }
}
