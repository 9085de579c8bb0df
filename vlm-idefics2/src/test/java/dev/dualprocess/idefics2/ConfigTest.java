package dev.dualprocess.idefics2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every form of config.json says the same; what does not fit is refused with the reason. */
class ConfigTest {
  private static final String FULL = "idefics2-8b.config.json";

  @TempDir private Path folder;

  private Path written(ObjectNode root) throws IOException {
    Path path = folder.resolve("config.json");
    Files.writeString(path, JsonMapper.builder().build().writeValueAsString(root));
    return path;
  }

  private Path changed(Consumer<ObjectNode> change) throws IOException {
    ObjectNode root = (ObjectNode) Fixtures.json(Fixtures.fullsize(FULL));
    change.accept(root);
    return written(root);
  }

  private static ObjectNode part(ObjectNode root, String name) {
    return (ObjectNode) root.get(name);
  }

  private void refused(String reason, Consumer<ObjectNode> change) throws IOException {
    Path path = changed(change);
    String told = assertThrows(IOException.class, () -> Idefics2Config.read(path)).getMessage();
    assertTrue(told.startsWith(path.toString()) && told.contains(reason), told);
  }

  @Test
  void bothFormsGiveTheSameRecord() throws IOException {
    Path newer = Idefics2Fixture.checkpoint().resolve("config.transformers5.json");
    assumeTrue(Files.exists(newer), "this family has one form only");
    assertEquals(
        Idefics2Config.read(Idefics2Fixture.checkpoint().resolve("config.json")),
        Idefics2Config.read(newer));
  }

  /** The hub's file leaves out what equals the defaults. */
  @Test
  void whatIsLeftOutIsFilledIn() throws IOException {
    Idefics2Config wanted = Idefics2Config.read(Fixtures.fullsize(FULL));
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
    assertEquals(wanted, Idefics2Config.read(path));
  }

  @Test
  void anEmptyFileIsThePublishedDefault() throws IOException {
    ObjectNode empty = JsonMapper.builder().build().createObjectNode();
    Idefics2Config config = Idefics2Config.read(written(empty));
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
    PerceiverConfig perceiver = Idefics2Config.read(path).perceiver();
    assertEquals(2048, perceiver.hiddenSize());
    assertEquals(0.25, perceiver.rmsNormEps());
  }

  @Test
  void nullMeansNotGivenExceptForTheWindow() throws IOException {
    Idefics2Config wanted = Idefics2Config.read(Fixtures.fullsize(FULL));
    Path path =
        changed(
            root ->
                part(root, "text_config")
                    .putNull("head_dim")
                    .putNull("rope_scaling")
                    .putNull("hidden_act"));
    assertEquals(wanted, Idefics2Config.read(path));
    TextConfig unbounded =
        Idefics2Config.read(changed(c -> part(c, "text_config").putNull("sliding_window"))).text();
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
    Path good = Idefics2Fixture.checkpoint().resolve("preprocessor_config.json");
    refusedProcessor("resample 3", good, c -> c.put("resample", 3));
    refusedProcessor("image_mean", good, c -> c.putArray("image_mean").add(0.5));
    refusedProcessor("longest_edge", good, c -> c.remove("size"));
    refusedProcessor(
        "longest_edge 10 leave no room",
        good,
        c -> c.putObject("size").put("shortest_edge", 20).put("longest_edge", 10));
  }

  private void refusedProcessor(String reason, Path good, Consumer<ObjectNode> change)
      throws IOException {
    ObjectNode root = (ObjectNode) Fixtures.json(good);
    change.accept(root);
    Path path = written(root);
    String told = assertThrows(IOException.class, () -> PreprocessorConfig.read(path)).getMessage();
    assertTrue(told.startsWith(path.toString()) && told.contains(reason), told);
  }
}
