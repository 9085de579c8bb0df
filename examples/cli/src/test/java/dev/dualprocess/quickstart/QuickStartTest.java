package dev.dualprocess.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.image.Png;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's lines run, and they are the README's. */
class QuickStartTest {
  @TempDir private Path out;

  @Test
  void runsOnTheBundledModels() throws IOException {
    QuickStart.teachHorizon("tiny", "tiny", out);
    try (Lora lora = Lora.load(out.resolve("horizon.safetensors"))) {
      assertEquals(16, lora.rank());
      assertEquals(5.0, lora.scale());
    }
    assertEquals(64, Png.read(out.resolve("sea.png")).getWidth());
  }

  @Test
  void standsInTheReadme() throws IOException {
    Path source =
        Fixtures.projectRoot()
            .resolve("examples/cli/src/main/java/dev/dualprocess/quickstart/QuickStart.java");
    String readme = squeezed(Files.readString(Fixtures.projectRoot().resolve("README.md")));
    String code = Files.readString(source);
    String body =
        code.substring(
            code.indexOf("    Prompt prompt ="), code.indexOf("  }\n}", code.indexOf("sea.png")));
    assertTrue(readme.contains(squeezed(body)), "the README shows other lines than QuickStart");
  }

  /** Line breaks and indentation do not matter. */
  private static String squeezed(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
