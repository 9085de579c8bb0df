package dev.dualprocess.qwen3vl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.nn.LanguageModelShape;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.ConfigContract;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Both forms of config.json, and what is refused. */
class ConfigTest extends ConfigContract<Qwen3VlConfig> {
  ConfigTest() {
    super(new Qwen3Family(), "qwen3-vl-8b.config.json");
  }

  @Override
  protected Qwen3VlConfig read(Path path) throws IOException {
    return Qwen3VlConfig.read(path);
  }

  private static Consumer<ObjectNode> text(Consumer<ObjectNode> change) {
    return root -> change.accept((ObjectNode) root.get("text_config"));
  }

  private static Consumer<ObjectNode> rope(Consumer<ObjectNode> change) {
    return text(text -> change.accept((ObjectNode) text.get("rope_scaling")));
  }

  private static Consumer<ObjectNode> vision(Consumer<ObjectNode> change) {
    return root -> change.accept((ObjectNode) root.get("vision_config"));
  }

  @Test
  void headsAreAsWideAsTheFileSays() throws IOException {
    LanguageModelShape four =
        read(Fixtures.fullsize("qwen3-vl-4b.config.json")).text().shape(false, true);
    assertEquals(four.headDim() * four.heads(), 4096);
    assertEquals(2560, four.dim());
    assertTrue(four.tied());
    assertFalse(read(full()).text().tieWordEmbeddings());
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    refused("num_attention_heads is 0", text(c -> c.put("num_attention_heads", 0)));
    refused(
        "num_hidden_layers is 1000000000", text(c -> c.put("num_hidden_layers", 1_000_000_000)));
    refused("head_dim 127: rotary angles need an even number", text(c -> c.put("head_dim", 127)));
    refused("head_dim is 0", text(c -> c.put("head_dim", 0)));
    refused("each must be a multiple", text(c -> c.put("num_key_value_heads", 3)));
    refused("hidden_act 'gelu'", text(c -> c.put("hidden_act", "gelu")));
    refused("attention_bias is not supported", text(c -> c.put("attention_bias", true)));
    refused("rope type 'yarn'", rope(c -> c.put("rope_type", "yarn")));
    refused("mrope_section must be three numbers", rope(c -> c.putArray("mrope_section")));
    refused("out_hidden_size 5 differs", vision(c -> c.put("out_hidden_size", 5)));
    refused("in_channels 4", vision(c -> c.put("in_channels", 4)));
    refused("vision hidden_act 'quick_gelu'", vision(c -> c.put("hidden_act", "quick_gelu")));
    refused("num_position_embeddings is 0", vision(c -> c.put("num_position_embeddings", 0)));
    refused("vision depth is 2147483647", vision(c -> c.put("depth", Integer.MAX_VALUE)));
    refused(
        "deepstack_visual_indexes [8, 8]: each must be one of the 27 blocks, and none twice",
        vision(c -> c.putArray("deepstack_visual_indexes").add(8).add(8)));
    refused(
        "deepstack_visual_indexes [27]",
        vision(c -> c.putArray("deepstack_visual_indexes").add(27)));
    refused("vision_config is missing", c -> c.remove("vision_config"));
  }

  /** What the published classes say where a file says nothing. */
  @Test
  void whatIsLeftOutIsFilledIn() throws IOException {
    Qwen3VlConfig wanted = read(full());
    Path path =
        changed(
            full(),
            root -> {
              root.remove("image_token_id");
              text(c -> c.remove(List.of("head_dim", "hidden_act", "rope_theta", "attention_bias")))
                  .accept(root);
              text(c -> c.remove(List.of("rope_scaling", "hidden_size", "rms_norm_eps")))
                  .accept(root);
              vision(c -> c.remove(List.of("in_channels", "patch_size", "spatial_merge_size")))
                  .accept(root);
              vision(c -> c.remove(List.of("temporal_patch_size", "depth", "num_heads")))
                  .accept(root);
              vision(c -> c.remove(List.of("hidden_size", "intermediate_size", "hidden_act")))
                  .accept(root);
              vision(c -> c.remove(List.of("num_position_embeddings", "deepstack_visual_indexes")))
                  .accept(root);
            });
    assertEquals(wanted, read(path));
  }

  /** The mixture of experts is another model type, which nobody reads. */
  @Test
  void aMixtureOfExpertsIsRefusedInOneLine() throws IOException {
    Path folder =
        changed(
                full(),
                root -> {
                  root.put("model_type", "qwen3_vl_moe");
                  root.putArray("architectures").add("Qwen3VLMoeForConditionalGeneration");
                })
            .getParent();
    String told =
        assertThrows(
                IOException.class, () -> Providers.verifiers().open(folder, Placement.CPU).close())
            .getMessage();
    assertEquals(1, told.lines().count());
    assertTrue(
        told.contains("qwen3_vl_moe (Qwen3VLMoeForConditionalGeneration) is not read"), told);
  }
}
