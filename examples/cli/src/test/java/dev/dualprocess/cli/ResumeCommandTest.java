package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.cli.Cli.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that goes on as its own folder says, without any option of it being given again. */
class ResumeCommandTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path temporary;

  private static JsonNode config(Path run) throws IOException {
    return MAPPER.readTree(run.resolve("config.json").toFile());
  }

  @Test
  void whatGoesOnEndsAsWhatWasNeverStopped() throws IOException {
    Path whole = temporary.resolve("whole");
    Path parts = temporary.resolve("parts");
    Cli.run(DistillCommandTest.args(whole, "--steps", "6", "--evaluation-seeds", "2"));
    Cli.run(DistillCommandTest.args(parts, "--steps", "4", "--evaluation-seeds", "2"));
    Outcome resumed =
        Cli.run(List.of("resume", parts.toString(), "--steps", "6", "--threads", "1"));
    assertEquals(0, resumed.exitCode(), resumed.err());
    assertArrayEquals(
        Files.readAllBytes(whole.resolve("lora.safetensors")),
        Files.readAllBytes(parts.resolve("lora.safetensors")));
    for (String field : List.of("prompt", "checks", "also", "settings", "evaluationSeeds")) {
      assertEquals(config(whole).path(field), config(parts).path(field), field);
    }
  }

  @Test
  void aFolderOfNoRunIsToldInOneLine() throws IOException {
    Outcome outcome = Cli.run(List.of("resume", temporary.toString()));
    assertEquals(1, outcome.exitCode());
    assertTrue(outcome.err().contains("config.json"), outcome.err());
    Path latents = Files.createDirectories(temporary.resolve("latents"));
    Files.writeString(latents.resolve("config.json"), "{\"prompt\": \"a\", \"settings\": {}}");
    assertEquals(1, Cli.run(List.of("resume", latents.toString())).exitCode());
  }
}
