package dev.dualprocess.spi;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How providers are found, and what is said where none or too many are. */
class ProvidersTest {
  @TempDir Path folder;

  /** A model that remembers how it was opened. */
  private record Model(Optional<Path> folder, Placement placement) implements AutoCloseable {
    @Override
    public void close() {}
  }

  /** Reads folders in which there is a file of its name. */
  private record Reader(String name) implements ModelProvider<Model> {
    @Override
    public boolean supports(Path folder) {
      return Files.exists(folder.resolve(name));
    }

    @Override
    public Model open(Optional<Path> folder, Placement placement) {
      return new Model(folder, placement);
    }
  }

  private static Providers<Model> providers(String... names) {
    return Providers.of("painter", List.of(names).stream().map(Reader::new).toList());
  }

  @Test
  void providersAreNamed() {
    Reader flux = new Reader("flux");
    Providers<Model> two = Providers.of("painter", List.of(new Reader("sana"), flux));
    assertSame(flux, two.named("flux"));
    assertEquals(List.of("flux", "sana"), List.copyOf(two.all().keySet()));
  }

  @Test
  void anUnknownNameIsAnsweredWithTheNamesThereAre() {
    assertRefused(
        IllegalArgumentException.class,
        () -> providers("sana", "flux").named("dalle"),
        "no painter named 'dalle'",
        "[flux, sana]");
  }

  @Test
  void twoOfOneNameAreRefusedByThatNameOnly() throws IOException {
    Providers<Model> three = providers("flux", "sana", "flux");
    assertRefused(
        IllegalStateException.class,
        () -> three.named("flux"),
        "two painter providers are named 'flux'",
        Reader.class.getName(),
        Origin.of(Reader.class));
    assertEquals(new Reader("sana"), three.named("sana"));
    assertEquals(List.of("sana"), List.copyOf(three.all().keySet()));
    assertEquals(List.of("flux", "sana"), List.copyOf(three.names()));
    assertEquals(3, three.installed().size());
    Files.createFile(folder.resolve("flux"));
    assertRefused(IOException.class, () -> three.reading(folder), "more than one painter");
  }

  @Test
  void theOneThatReadsAFolderOpensIt() throws IOException {
    Files.createFile(folder.resolve("sana"));
    Providers<Model> two = providers("flux", "sana");
    assertEquals("sana", two.reading(folder).name());
    try (Model model = two.open(folder, Placement.CPU)) {
      assertEquals(new Model(Optional.of(folder), Placement.CPU), model);
    }
  }

  @Test
  void aDeviceThatIsNotThereIsRefusedBeforeTheModelIsRead() throws IOException {
    Files.createFile(folder.resolve("flux"));
    assertRefused(
        IllegalArgumentException.class,
        () -> providers("flux").open(folder, Placement.on("cuda:99")),
        "cuda:99");
  }

  @Test
  void aMissingFolderIsNamed() {
    Path missing = folder.resolve("missing");
    assertRefused(
        IOException.class, () -> providers("flux").reading(missing), missing, "no such directory");
  }

  @Test
  void aFolderThatNobodyReadsIsNamed() {
    assertRefused(
        IOException.class,
        () -> providers("flux", "sana").reading(folder),
        folder,
        "painter",
        "[flux, sana]",
        "model_index.json or config.json");
  }

  @Test
  void aFolderThatTwoReadIsNamed() throws IOException {
    Files.createFile(folder.resolve("flux"));
    Files.createFile(folder.resolve("sana"));
    assertRefused(
        IOException.class,
        () -> providers("flux", "sana", "other").reading(folder),
        folder,
        "more than one painter",
        "flux " + Reader.class.getName(),
        "sana " + Reader.class.getName());
  }

  @Test
  void aProviderThatNeedsAFolderSaysSo() {
    assertRefused(
        IllegalArgumentException.class,
        () -> new Reader("flux").requireFolder(Optional.empty()),
        "flux needs a model directory");
  }

  /** Core names no model. */
  @Test
  void coreAloneHasNoModels() {
    assertTrue(Providers.generators().all().isEmpty());
    assertTrue(Providers.verifiers().all().isEmpty());
  }
}
