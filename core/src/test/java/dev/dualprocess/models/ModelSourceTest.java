package dev.dualprocess.models;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Verifier;
import dev.dualprocess.spi.PluginClassLoader;
import dev.dualprocess.testing.LoggedLines;
import dev.dualprocess.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a name stands for, where it could stand for several things. */
class ModelSourceTest {
  @TempDir Path temporary;

  private PluginClassLoader loader;

  @BeforeEach
  void plugIn() throws IOException {
    Path jar =
        new PluginJar()
            .service("com.example.Reading")
            .source(
                "com.example.Reading",
                """
                public class Reading implements VerifierProvider {
                  public String name() { return "model-source-test"; }
                  public Set<String> reads() { return Set.of("reading"); }
                  public boolean supports(Path folder) {
                    return java.nio.file.Files.exists(folder.resolve("reading"));
                  }
                  public Verifier open(Optional<Path> folder, Placement placement) {
                    return null;
                  }
                }
                """)
            .write(temporary.resolve("reading.jar"));
    loader = PluginClassLoader.of(List.of(jar), ModelSourceTest.class.getClassLoader(), left -> {});
  }

  @AfterEach
  void close() throws IOException {
    loader.close();
  }

  private ModelSource<Verifier> verifier(String name) throws IOException {
    return ModelSource.verifier(name, loader);
  }

  private static Path model(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.createFile(folder.resolve("reading"));
    return folder;
  }

  /** A relative folder can have the name of a provider. */
  @Test
  void aFolderOfAProvidersNameIsTakenAndBothAreNamed() throws Exception {
    String name = "model-source-test";
    Path folder = model(Path.of(name));
    try {
      List<String> logged =
          LoggedLines.warnings(() -> assertEquals(Optional.of(folder), verifier(name).folder()));
      assertEquals(1, logged.size(), logged::toString);
      assertTrue(
          logged
              .get(0)
              .endsWith(
                  ("%s: taken for the folder %s, not for the verifier of that name; write ./%s to"
                          + " mean the folder, and give the folder another name, or work in another"
                          + " one, to reach the other")
                      .formatted(name, folder.toAbsolutePath(), name)),
          logged.get(0));
      assertEquals(List.of(), LoggedLines.warnings(() -> verifier("./" + name)));
    } finally {
      Files.delete(folder.resolve("reading"));
      Files.delete(folder);
    }
    assertEquals(Optional.empty(), verifier(name).folder());
  }

  @Test
  void theHubCachesFolderOfAModelStandsForItsSnapshot() throws IOException {
    Path hub = temporary.resolve("models--some--model");
    Path snapshot = model(hub.resolve("snapshots/0a1b"));
    Files.createDirectories(hub.resolve("refs"));
    Files.writeString(hub.resolve("refs/main"), "0a1b");
    assertEquals(Optional.of(snapshot), verifier(hub.toString()).folder());
  }

  @Test
  void weightsAreCountedInThePartsOfAPipelineToo() throws IOException {
    Path folder = model(temporary.resolve("pipeline"));
    assertEquals(0, verifier(folder.toString()).weightBytes());
    Files.write(folder.resolve("a.safetensors"), new byte[300]);
    Files.write(Files.createDirectory(folder.resolve("vae")).resolve("b.safetensors"), new byte[7]);
    Files.write(folder.resolve("vae/notes.bin"), new byte[5000]);
    assertEquals(307, verifier(folder.toString()).weightBytes());
  }

  @Test
  void aFileIsToldAsOne() throws IOException {
    Path file = Files.createFile(temporary.resolve("notes.txt"));
    assertRefused(
        IOException.class,
        () -> verifier(file.toString()),
        file + ": a file, not a model directory; ",
        "of one of [reading]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void anEmptyNameIsToldAsThat(String name) {
    assertEquals(
        "the verifier is empty: give its folder, its name or its id on the hub",
        assertThrows(IllegalArgumentException.class, () -> verifier(name)).getMessage());
  }

  @Test
  void theHomeFolderCanBeWritten() {
    assertRefused(
        IOException.class,
        () -> verifier("~/no such folder here"),
        "~/no such folder here: no such verifier");
  }

  @Test
  void providersThatReadNothingAreNotOffered() throws IOException {
    Path jar =
        new PluginJar()
            .verifier("com.example.Bright", "bright")
            .write(temporary.resolve("bright.jar"));
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    try (PluginClassLoader both = PluginClassLoader.of(List.of(jar), loader, left -> {})) {
      assertRefused(
          IOException.class,
          () -> ModelSource.verifier(empty.toString(), both),
          "%s: not a model directory that a verifier here reads: it is empty, it needs a model_index.json or config.json of one of [reading]"
              .formatted(empty));
    }
  }
}
