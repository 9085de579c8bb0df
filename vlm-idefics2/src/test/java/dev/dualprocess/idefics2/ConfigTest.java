package dev.dualprocess.idefics2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.idefics.TextConfig;
import dev.dualprocess.testing.ConfigContract;
import dev.dualprocess.vqa.ImageStatistics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every form of config.json, what stands where it says nothing, and what is refused. */
class ConfigTest extends ConfigContract<Idefics2Config> {
  ConfigTest() {
    super(new Idefics2Family(), "idefics2-8b.config.json");
  }

  @Override
  protected Idefics2Config read(Path path) throws IOException {
    return Idefics2Config.read(path);
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
    Idefics2Config wanted = read(full());
    Path path =
        changed(
            root -> {
              root.remove(List.of("image_token_id", "tie_word_embeddings"));
              part(root, "text_config")
                  .retain("vocab_size", "rms_norm_eps", "max_position_embeddings");
              part(root, "vision_config")
                  .remove(List.of("num_channels", "hidden_act", "layer_norm_eps"));
              part(root, "perceiver_config").retain("rms_norm_eps");
            });
    assertEquals(wanted, read(path));
  }

  @Test
  void anEmptyFileIsThePublishedDefault() throws IOException {
    Idefics2Config config = read(changed(ObjectNode::removeAll));
    assertEquals(1e-5, config.text().rmsNormEps());
    assertEquals(1e-6, config.perceiver().rmsNormEps());
    assertEquals(7, config.vision().positionsPerSide());
    assertEquals(64, config.perceiver().resamplerNLatents());
    assertEquals(128, config.text().headDim());
    assertEquals(32_001, config.imageTokenId());
  }

  /** As in the published class: the resampler follows the language model's width. */
  @Test
  void theResamplerTakesTheWidthOfTheLanguageModel() throws IOException {
    Path path =
        changed(
            root -> {
              part(root, "text_config").put("hidden_size", 2048).put("rms_norm_eps", 0.25);
              part(root, "perceiver_config").remove(List.of("hidden_size", "rms_norm_eps"));
            });
    PerceiverConfig perceiver = read(path).perceiver();
    assertEquals(2048, perceiver.hiddenSize());
    assertEquals(0.25, perceiver.rmsNormEps());
  }

  @Test
  void nullMeansNotGivenExceptForTheWindow() throws IOException {
    Idefics2Config wanted = read(full());
    Path path =
        changed(
            root ->
                part(root, "text_config")
                    .putNull("head_dim")
                    .putNull("rope_scaling")
                    .putNull("hidden_act"));
    assertEquals(wanted, read(path));
    TextConfig unbounded =
        read(changed(c -> part(c, "text_config").putNull("sliding_window"))).text();
    assertNull(unbounded.slidingWindow());
    unbounded.requireWithinWindow(1 << 20);
    assertThrows(IllegalArgumentException.class, () -> wanted.text().requireWithinWindow(1 << 20));
    wanted.text().requireWithinWindow(wanted.text().slidingWindow());
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    refused(
        "rope type 'yarn'",
        c -> part(c, "text_config").putObject("rope_scaling").put("type", "yarn"));
    refused(
        "rope type 'llama3'",
        c -> part(c, "text_config").putObject("rope_parameters").put("rope_type", "llama3"));
    refused(
        "text num_hidden_layers is 1000000000, it must be at most 1000",
        c -> part(c, "text_config").put("num_hidden_layers", 1_000_000_000));
    refused(
        "vision num_attention_heads is 0, it must be at least 1",
        c -> part(c, "vision_config").put("num_attention_heads", 0));
    refused(
        "perceiver resampler_depth is 2147483647, it must be at most 1000",
        c -> part(c, "perceiver_config").put("resampler_depth", Integer.MAX_VALUE));
    refused("text hidden_act 'gelu'", c -> part(c, "text_config").put("hidden_act", "gelu"));
    refused("vision hidden_act 'relu'", c -> part(c, "vision_config").put("hidden_act", "relu"));
    refused(
        "perceiver hidden_act 'gelu'", c -> part(c, "perceiver_config").put("hidden_act", "gelu"));
    refused("num_key_value_heads 5", c -> part(c, "text_config").put("num_key_value_heads", 5));
    refused(
        "num_key_value_heads 3", c -> part(c, "perceiver_config").put("num_key_value_heads", 3));
    refused("head_dim 7", c -> part(c, "text_config").put("head_dim", 7));
    refused("num_attention_heads 7", c -> part(c, "vision_config").put("num_attention_heads", 7));
    refused("image_size 13", c -> part(c, "vision_config").put("image_size", 13));
    refused("num_channels 4", c -> part(c, "vision_config").put("num_channels", 4));
    refused("n_latents is 0", c -> part(c, "perceiver_config").put("resampler_n_latents", 0));
    refused("vocab_size", c -> part(c, "text_config").put("vocab_size", "many"));
  }

  @Test
  void refusesAProcessorItDoesNotFollow() throws IOException {
    refusedProcessor("resample 3", c -> c.put("resample", 3));
    refused(
        "image_mean",
        stored("preprocessor_config.json"),
        c -> c.putArray("image_mean").add(0.5),
        path -> ImageStatistics.read(ConfigFile.read(path), PreprocessorConfig.STATISTICS));
    refusedProcessor("longest_edge", c -> c.putObject("size").put("shortest_edge", 20));
    refusedProcessor(
        "longest_edge 10 leave no room",
        c -> c.putObject("size").put("shortest_edge", 20).put("longest_edge", 10));
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
    assertEquals(new PreprocessorConfig.Edges(378, 980), readProcessor(bare).size());
    assertEquals(
        new ImageStatistics(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5)),
        ImageStatistics.read(ConfigFile.read(bare), PreprocessorConfig.STATISTICS));
  }
}
