package dev.dualprocess.idefics2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Verifier;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Found by ServiceLoader, by name and by folder. */
class Idefics2ProviderTest {
  private static final String NAME = "idefics2";

  @Test
  void isFoundByName() {
    assertInstanceOf(Idefics2Provider.class, Providers.verifiers().named(NAME));
  }

  @Test
  void opensAFolderItReads() throws IOException {
    Path folder = Idefics2Fixture.checkpoint();
    try (Verifier verifier = Providers.verifiers().open(folder, Placement.CPU)) {
      assertEquals(folder.getFileName().toString(), verifier.name());
    }
  }

  @Test
  void leavesOtherFoldersAlone(@TempDir Path folder) throws IOException {
    Idefics2Provider provider = new Idefics2Provider();
    assertFalse(provider.supports(folder));
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"qwen2_5_vl\"}");
    assertFalse(provider.supports(folder));
    Files.writeString(folder.resolve("config.json"), "no json");
    assertFalse(provider.supports(folder));
  }

  @Test
  void saysWhatIsMissing(@TempDir Path folder) throws IOException {
    Idefics2Provider provider = new Idefics2Provider();
    Files.copy(Idefics2Fixture.checkpoint().resolve("config.json"), folder.resolve("config.json"));
    assertTrue(provider.supports(folder));
    String told =
        assertThrows(IOException.class, () -> provider.open(folder, Placement.CPU)).getMessage();
    assertTrue(told.contains("preprocessor_config.json"), told);
    String none =
        assertThrows(
                IllegalArgumentException.class,
                () -> provider.open(Optional.empty(), Placement.CPU))
            .getMessage();
    assertTrue(none.contains(NAME), none);
  }
}
