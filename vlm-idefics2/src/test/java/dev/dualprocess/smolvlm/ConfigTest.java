package dev.dualprocess.smolvlm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.smolvlm.PreprocessorConfig.Edge;
import dev.dualprocess.testing.ConfigContract;
import dev.dualprocess.vqa.ImageStatistics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every form of config.json, what stands where it says nothing, and what is refused. */
class ConfigTest extends ConfigContract<SmolVlmConfig> {
  ConfigTest() {
    super(new SmolVlmFamily(), "smolvlm-256m.config.json");
  }

  @Override
  protected SmolVlmConfig read(Path path) throws IOException {
    return SmolVlmConfig.read(path);
  }

  private Path changed(Consumer<ObjectNode> change) throws IOException {
    return changed(full(), change);
  }

  private static ObjectNode part(ObjectNode root, String name) {
    return (ObjectNode) root.get(name);
  }

  /** The hub's file leaves out what equals the defaults. */
  @Test
  void whatIsLeftOutIsFilledIn() throws IOException {
    SmolVlmConfig wanted = read(full());
    Path path =
        changed(
            root -> {
              root.remove("tie_word_embeddings");
              part(root, "text_config").remove(List.of("hidden_act", "tie_word_embeddings"));
              part(root, "vision_config").remove(List.of("num_hidden_layers", "intermediate_size"));
            });
    assertEquals(wanted, read(path));
  }

  @Test
  void anEmptyFileIsThePublishedDefault() throws IOException {
    SmolVlmConfig config = read(changed(ObjectNode::removeAll));
    assertEquals(1e-5, config.text().rmsNormEps());
    assertEquals(1152, config.vision().hiddenSize());
    assertEquals(16, config.vision().numAttentionHeads());
    assertEquals(7, config.vision().positionsPerSide());
    assertEquals(32, config.text().numKeyValueHeads());
    assertEquals(128, config.text().headDim());
    assertEquals(2048, config.text().maxPositionEmbeddings());
    assertEquals(2, config.scaleFactor());
    assertEquals(128_257, config.imageTokenId());
  }

  @Test
  void thereAreAsManyKeysAsQueriesUnlessTheFileSaysFewer() throws IOException {
    SmolVlmConfig config =
        read(
            changed(
                root -> {
                  part(root, "text_config").remove(List.of("num_key_value_heads", "head_dim"));
                  part(root, "text_config").remove("rms_norm_eps");
                }));
    assertEquals(config.text().numAttentionHeads(), config.text().numKeyValueHeads());
    assertEquals(64, config.text().headDim());
    assertEquals(1e-6, config.text().rmsNormEps());
  }

  /** Llama has no window, whatever stands in the file. */
  @Test
  void nothingIsCutByAWindow() throws IOException {
    assertNull(read(full()).text().slidingWindow());
    assertNull(
        read(changed(c -> part(c, "text_config").put("sliding_window", 8))).text().slidingWindow());
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    refused(
        "rope type 'llama3'",
        c -> part(c, "text_config").putObject("rope_scaling").put("rope_type", "llama3"));
    refused("scale_factor is 0, it must be at least 1", c -> c.put("scale_factor", 0));
    refused("scale_factor", c -> c.put("scale_factor", "four"));
    refused("image_token_id", c -> c.put("image_token_id", "many"));
    refused("text hidden_act 'gelu'", c -> part(c, "text_config").put("hidden_act", "gelu"));
    refused("vision hidden_act 'relu'", c -> part(c, "vision_config").put("hidden_act", "relu"));
    refused("num_key_value_heads 5", c -> part(c, "text_config").put("num_key_value_heads", 5));
    refused("head_dim 7", c -> part(c, "text_config").put("head_dim", 7));
    refused("num_attention_heads 7", c -> part(c, "vision_config").put("num_attention_heads", 7));
    refused("image_size 13", c -> part(c, "vision_config").put("image_size", 13));
    refused("num_channels 4", c -> part(c, "vision_config").put("num_channels", 4));
    refused("vocab_size", c -> part(c, "text_config").put("vocab_size", "many"));
  }

  @Test
  void refusesAProcessorItDoesNotFollow() throws IOException {
    refusedProcessor("resample 3", c -> c.put("resample", 3));
    refusedProcessor("longest_edge", c -> c.putObject("size"));
    refusedProcessor("longest_edge is 0", c -> c.putObject("size").put("longest_edge", 0));
    refusedProcessor(
        "longest_edge is 5000, it must be at most 4096",
        c -> c.putObject("max_image_size").put("longest_edge", 5000));
  }

  private void refusedProcessor(String reason, Consumer<ObjectNode> change) throws IOException {
    refused(reason, stored("preprocessor_config.json"), change, this::readProcessor);
  }

  private PreprocessorConfig readProcessor(Path path) throws IOException {
    return PreprocessorConfig.read(ConfigFile.read(path));
  }

  @Test
  void aProcessorWithoutSizesHasThoseOfItsClass() throws IOException {
    Path bare = changed(stored("preprocessor_config.json"), ObjectNode::removeAll);
    assertEquals(
        new PreprocessorConfig(new Edge(4 * 364), new Edge(364), null), readProcessor(bare));
    assertEquals(
        new ImageStatistics(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5)),
        ImageStatistics.read(ConfigFile.read(bare), PreprocessorConfig.STATISTICS));
  }
}
