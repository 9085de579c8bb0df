package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.image.Png;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.PluginJar;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plug-ins in real jars through the command line. */
class PluginOptionsTest {
  private static final String UNFIT =
      """
      public class Unfit extends Steady {
        public String name() { return "unfit"; }
        public Verifier open(Optional<Path> folder, Placement placement) { return Helper.open(); }
      }
      """;

  @TempDir private Path temporary;

  private Path good;
  private Path broken;

  @BeforeEach
  void write() throws IOException {
    good =
        new PluginJar()
            .verifier("com.example.Steady", "steady")
            .write(temporary.resolve("steady.jar"));
    Path folder = Files.createDirectory(temporary.resolve("broken"));
    broken = new PluginJar().service("com.example.Missing").write(folder.resolve("broken.jar"));
  }

  private static void assertLists(Outcome outcome, String name, String from) {
    assertEquals(0, outcome.exitCode(), outcome.err());
    String row = "(?s).*verifier +%s +%s\n.*".formatted(name, from);
    assertTrue(outcome.out().matches(row), outcome.out());
  }

  @Test
  void theyAreTakenBeforeAndAfterTheSubcommandAndInLists() throws IOException {
    Path other =
        new PluginJar().verifier("com.example.Other", "other").write(temporary.resolve("o.jar"));
    String two = good + File.pathSeparator + other;
    for (Outcome outcome :
        List.of(
            Cli.run("--plugins", good.toString(), "--plugins", other.toString(), "models"),
            Cli.run("models", "--plugins", good.toString(), "--plugins", other.toString()),
            Cli.run("--plugins", good.toString(), "models", "--plugins", other.toString()),
            Cli.run("models", "--plugins", two),
            Cli.run("models", "--plugins", temporary.toString()))) {
      assertLists(outcome, "steady", "steady.jar");
      assertLists(outcome, "other", "o.jar");
      assertLists(outcome, "brightness", "bundled");
      assertEquals("", outcome.err());
    }
  }

  @Test
  void modelsTellsWhereEachComesFrom() throws IOException {
    Outcome outcome =
        Cli.run("models", "--json", "--plugins", good.toString(), "--plugins", broken.toString());
    assertEquals(0, outcome.exitCode(), outcome.err());
    for (String line : outcome.out().lines().toList()) {
      JsonNode event = new ObjectMapper().readTree(line);
      if (event.path("name").asText().equals("steady")) {
        assertEquals("provider", event.path("event").asText());
        assertEquals("verifier", event.path("kind").asText());
        assertEquals("steady.jar", event.path("from").asText());
        assertEquals(good.toString(), event.path("path").asText());
        assertEquals("com.example.Steady", event.path("class").asText());
        assertTrue(event.path("usable").asBoolean());
      }
    }
    assertTrue(outcome.out().contains("\"steady\""), outcome.out());
    assertTrue(outcome.out().contains("\"event\":\"leftOut\""), outcome.out());
  }

  @Test
  void aPlugInTeachesBesideABrokenOneThatIsNamed() throws IOException {
    Path out = temporary.resolve("out");
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Outcome outcome =
        Cli.run(
            "distill",
            "--plugins",
            good.toString(),
            "--plugins",
            broken.getParent().toString(),
            "--generator",
            "tiny",
            "--verifier",
            "steady",
            "--prompt",
            "a photo of a desert at noon",
            "--question",
            "Is it steady?",
            "--steps",
            "2",
            "--evaluation-seeds",
            "1",
            "--threads",
            "1",
            "--out",
            out.toString());
    assertEquals(0, outcome.exitCode(), outcome.err());
    assertEquals(
        List.of(
            "dualprocess: warning: plug-in %s: com.example.Missing is named in".formatted(broken)
                + " META-INF/services/dev.dualprocess.spi.VerifierProvider, but is not there; left out"),
        outcome.err().lines().toList());
    assertTrue(Files.exists(out.resolve("lora.safetensors")));
    assertEquals(
        "steady",
        Fixtures.json(out.resolve("config.json")).path("verifiers").get(0).path("id").asText());
    assertSame(before, Thread.currentThread().getContextClassLoader());
  }

  @Test
  void twoOfOneNameAreRefusedByThatNameOnly() throws IOException {
    Path own =
        new PluginJar()
            .verifier("com.example.Bright", "brightness")
            .write(temporary.resolve("bright.jar"));
    Outcome listed = Cli.run("models", "--plugins", own.toString());
    String taken = ", of a name that is taken: neither can be asked for";
    assertLists(listed, "brightness", "bundled" + taken);
    assertLists(listed, "brightness", "bright.jar" + taken);
    Outcome refused = rate("brightness", own);
    assertEquals(1, refused.exitCode());
    assertEquals(1, refused.err().lines().count(), refused.err());
    assertTrue(
        refused.err().contains("two verifier providers are named 'brightness': "), refused.err());
    assertTrue(refused.err().contains("com.example.Bright in " + own), refused.err());
    assertEquals(0, rate("warmth", own).exitCode());
  }

  private Outcome rate(String verifier, Path plugins) throws IOException {
    Path image = temporary.resolve("grey.png");
    Png.write(image, new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), Map.of());
    return Cli.run(
        "rate",
        "--plugins",
        plugins.toString(),
        "--verifier",
        verifier,
        "--image",
        image.toString(),
        "--question",
        "Is it?");
  }

  @Test
  void whatDoesNotFitIsToldWithItsJar() throws IOException {
    Path unfit =
        new PluginJar()
            .provider("com.example.Steady", "base")
            .service("com.example.Unfit")
            .source("com.example.Unfit", UNFIT)
            .source(
                "com.example.Helper", "class Helper { static Verifier open() { return null; } }")
            .without("com.example.Helper")
            .write(temporary.resolve("unfit.jar"));
    Outcome outcome = rate("unfit", unfit);
    assertEquals(1, outcome.exitCode());
    assertEquals(
        "dualprocess: plug-in %s: com.example.Unfit needs the class com.example.Helper, which is not there"
            .formatted(unfit),
        outcome.err().strip());
  }

  @Test
  void aPathThatIsNotThereIsAMistake() {
    Path missing = temporary.resolve("missing.jar");
    Outcome outcome = Cli.run("models", "--plugins", missing.toString());
    assertEquals(2, outcome.exitCode());
    assertEquals(
        "dualprocess: --plugins: %s: no such jar or folder of plug-ins".formatted(missing),
        outcome.err().lines().findFirst().orElseThrow());
    assertEquals(0, Cli.run("models", "--plugins", missing.toString(), "--help").exitCode());
  }

  @Test
  void aJarWithoutPlugInsIsNamed() throws IOException {
    Path empty =
        new PluginJar()
            .provider("com.example.Steady", "steady")
            .write(temporary.resolve("empty.jar"));
    Outcome outcome = Cli.run("models", "--plugins", empty.toString());
    assertEquals(0, outcome.exitCode());
    assertEquals(
        "dualprocess: warning: plug-in %s: it has no".formatted(empty)
            + " META-INF/services/dev.dualprocess.spi.VerifierProvider or GeneratorProvider; left out",
        outcome.err().strip());
  }

  @Test
  void theVariableAndTheLaunchersFolderBringPlugInsToo() throws Exception {
    Path log = temporary.resolve("log");
    Path launchers = Files.createDirectory(temporary.resolve("plugins"));
    new PluginJar().verifier("com.example.Beside", "beside").write(launchers.resolve("b.jar"));
    Process process =
        ProcessRun.start(
            List.of("models"),
            log,
            Map.of("DUALPROCESS_PLUGINS", good.toString()),
            List.of("-Ddualprocess.plugins=" + launchers));
    Outcome outcome = new Outcome(process.waitFor(), ProcessRun.read(log), "");
    assertLists(outcome, "steady", "steady.jar");
    assertLists(outcome, "beside", "b.jar");
  }
}
