package dev.dualprocess.sana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.flow.DpmSolverConfig;
import dev.dualprocess.flow.ScmConfig;
import dev.dualprocess.testing.BrokenConfigs;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configs that no model can be built by, and what is told of them. */
class BrokenConfigTest {
  @TempDir Path folder;

  private static Path stored(String file) {
    return SanaFixtures.pipeline().resolve(file);
  }

  private void assertToldInWords(String file, Class<? extends Record> type) throws IOException {
    BrokenConfigs.assertToldInWords(stored(file), folder, path -> ConfigFile.read(path).as(type));
  }

  @Test
  void everyFileIsToldOfInWords() throws IOException {
    assertToldInWords("transformer/config.json", SanaTransformerConfig.class);
    assertToldInWords("vae/config.json", AutoencoderDcConfig.class);
    assertToldInWords("scheduler/scheduler_config.json", DpmSolverConfig.class);
    BrokenConfigs.assertToldInWords(
        SanaFixtures.sprint().resolve("scheduler/scheduler_config.json"),
        folder,
        path -> ConfigFile.read(path).as(ScmConfig.class));
    BrokenConfigs.assertToldInWords(stored("text_encoder/config.json"), folder, Gemma2Config::read);
  }

  /** What the order of its layers is made of. */
  @Test
  void moreLayersThanAnyModelHasAreRefusedBeforeTheyAreMade() throws IOException {
    ObjectNode root = (ObjectNode) Fixtures.json(stored("text_encoder/config.json"));
    root.remove("layer_types");
    root.put("num_hidden_layers", Integer.MAX_VALUE);
    Path path = Files.writeString(folder.resolve("config.json"), root.toString());
    assertEquals(
        path + ": num_hidden_layers is 2147483647, it must be at most 1000",
        assertThrows(IOException.class, () -> Gemma2Config.read(path)).getMessage());
  }
}
