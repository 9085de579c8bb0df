package dev.dualprocess.qwen25vl;

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
class Qwen25VlProviderTest {
  private static final String NAME = "qwen2.5-vl";

  @Test
  void isFoundByName() {
    assertInstanceOf(Qwen25VlProvider.class, Providers.verifiers().named(NAME));
  }

  @Test
  void opensAFolderItReads() throws IOException {
    Path folder = QwenFixture.checkpoint();
    try (Verifier verifier = Providers.verifiers().open(folder, Placement.CPU)) {
      assertEquals(folder.getFileName().toString(), verifier.name());
    }
  }

  @Test
  void leavesOtherFoldersAlone(@TempDir Path folder) throws IOException {
    Qwen25VlProvider provider = new Qwen25VlProvider();
    assertFalse(provider.supports(folder));
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"idefics2\"}");
    assertFalse(provider.supports(folder));
    Files.writeString(folder.resolve("config.json"), "no json");
    assertFalse(provider.supports(folder));
  }

  @Test
  void saysWhatIsMissing(@TempDir Path folder) throws IOException {
    Qwen25VlProvider provider = new Qwen25VlProvider();
    Files.copy(QwenFixture.checkpoint().resolve("config.json"), folder.resolve("config.json"));
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
