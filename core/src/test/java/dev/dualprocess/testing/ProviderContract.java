package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Verifier;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.spi.VerifierProvider;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every provider of verifiers keeps: found by ServiceLoader, by name and by folder. */
public abstract class ProviderContract {
  private final VerifierProvider provider;
  private final String name;
  private final Path checkpoint;
  private final String otherType;

  @TempDir private Path folder;

  /**
   * A provider under test.
   *
   * @param name what people call it
   * @param checkpoint a folder it opens
   * @param otherType a {@code model_type} that is not its own
   */
  protected ProviderContract(
      VerifierProvider provider, String name, Path checkpoint, String otherType) {
    this.provider = provider;
    this.name = name;
    this.checkpoint = checkpoint;
    this.otherType = otherType;
  }

  @Test
  final void isFoundByName() {
    assertInstanceOf(provider.getClass(), Providers.verifiers().named(name));
  }

  @Test
  final void opensAFolderItReads() throws IOException {
    try (Verifier verifier = Providers.verifiers().open(checkpoint, Placement.CPU)) {
      assertEquals(checkpoint.getFileName().toString(), verifier.name());
    }
  }

  @Test
  final void leavesOtherFoldersAlone() throws IOException {
    assertFalse(provider.supports(folder));
    Path config = folder.resolve("config.json");
    Files.writeString(config, "{\"model_type\": \"%s\"}".formatted(otherType));
    assertFalse(provider.supports(folder));
    assertFalse(provider.reads().isEmpty());
    for (String read : provider.reads()) {
      Files.writeString(config, "{\"model_type\": \"%s\"}".formatted(read));
      assertTrue(provider.supports(folder), read);
    }
    Files.writeString(config, "no json");
    assertFalse(provider.supports(folder));
  }

  @Test
  final void saysWhatIsMissing() throws IOException {
    Files.copy(checkpoint.resolve("config.json"), folder.resolve("config.json"));
    assertTrue(provider.supports(folder));
    String told =
        assertThrows(IOException.class, () -> provider.open(folder, Placement.CPU)).getMessage();
    assertTrue(told.contains("preprocessor_config.json"), told);
    String none =
        assertThrows(
                IllegalArgumentException.class,
                () -> provider.open(Optional.empty(), Placement.CPU))
            .getMessage();
    assertTrue(none.contains(name), none);
  }
}
