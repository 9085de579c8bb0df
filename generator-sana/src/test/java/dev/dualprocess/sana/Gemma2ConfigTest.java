package dev.dualprocess.sana;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both forms of config.json say the same; what does not fit is refused with the reason. */
class Gemma2ConfigTest {
  private static final Path FULL = Fixtures.fullsize("gemma-2-2b.config.json");

  @TempDir private Path folder;

  private Path changed(Consumer<ObjectNode> change) throws IOException {
    ObjectNode root = (ObjectNode) Fixtures.json(FULL);
    change.accept(root);
    return Files.writeString(folder.resolve("config.json"), root.toString());
  }

  private void refused(Consumer<ObjectNode> change, String... told) throws IOException {
    Path path = changed(change);
    assertRefused(IOException.class, () -> Gemma2Config.read(path), (Object[]) told);
    assertRefused(IOException.class, () -> Gemma2Config.read(path), path);
  }

  @Test
  void bothFormsGiveTheSameRecord() throws IOException {
    Path newer = SanaTextFixtures.textEncoder().resolve("config.transformers5.json");
    assumeTrue(Files.exists(newer), "this family has one form only");
    assertEquals(SanaTextFixtures.config(), Gemma2Config.read(newer));
  }

  @Test
  void whatIsLeftOutIsAsDocumented() throws IOException {
    Path sparse =
        changed(
            root ->
                root.retain(
                    "vocab_size",
                    "hidden_size",
                    "intermediate_size",
                    "num_hidden_layers",
                    "num_attention_heads",
                    "num_key_value_heads"));
    assertEquals(Gemma2Config.read(FULL), Gemma2Config.read(sparse));
  }

  @Test
  void everySecondLayerSlides() throws IOException {
    Gemma2Config config = Gemma2Config.read(FULL);
    assertTrue(config.sliding(0));
    assertFalse(config.sliding(1));
    assertEquals(26, config.layerTypes().size());
    Gemma2Config given =
        Gemma2Config.read(
            changed(
                root -> {
                  root.put("num_hidden_layers", 2);
                  root.putArray("layer_types").add("full_attention").add("sliding_attention");
                }));
    assertEquals(List.of(false, true), List.of(given.sliding(0), given.sliding(1)));
  }

  @Test
  void nullMeansNoWindowAndNoBound() throws IOException {
    Gemma2Config config =
        Gemma2Config.read(
            changed(root -> root.putNull("sliding_window").putNull("attn_logit_softcapping")));
    assertNull(config.slidingWindow());
    assertNull(config.attnLogitSoftcapping());
    assertFalse(config.sliding(0));
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    refused(root -> root.put("model_type", "qwen2"), "model_type is 'qwen2'", "gemma2");
    refused(root -> root.put("hidden_activation", "silu"), "hidden_activation 'silu'");
    refused(root -> root.putObject("rope_parameters").put("rope_type", "yarn"), "rope type 'yarn'");
    refused(root -> root.putObject("rope_scaling").put("type", "linear"), "rope type 'linear'");
    refused(root -> root.put("use_bidirectional_attention", true), "use_bidirectional_attention");
    refused(
        root -> root.put("num_key_value_heads", 3),
        "num_attention_heads 8 is not a multiple of num_key_value_heads 3");
    refused(root -> root.put("head_dim", 7), "head_dim 7");
    refused(root -> root.put("sliding_window", 0), "sliding_window is 0");
    refused(root -> root.put("attn_logit_softcapping", -1.0), "attn_logit_softcapping is -1.0");
    refused(root -> root.put("query_pre_attn_scalar", 0), "query_pre_attn_scalar is 0");
    refused(root -> root.putArray("layer_types").add("full_attention"), "layer_types", "26");
    refused(root -> root.remove("hidden_size"), "hidden_size");
    refused(root -> root.put("vocab_size", "many"), "vocab_size");
  }
}
