package dev.dualprocess.qwen25vl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.qwen.PatchShape;
import dev.dualprocess.qwen.PreprocessorConfig;
import dev.dualprocess.testing.ConfigContract;
import dev.dualprocess.vqa.ImageStatistics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Both forms of config.json, the bounds of the image processor, and what is refused. */
class ConfigTest extends ConfigContract<Qwen25VlConfig> {
  ConfigTest() {
    super(new Qwen25Family(), "qwen2.5-vl-3b.config.json");
  }

  @Override
  protected Qwen25VlConfig read(Path path) throws IOException {
    return Qwen25VlConfig.read(path);
  }

  @Test
  void flatFormCanBeNested() throws IOException {
    Qwen25VlConfig wanted = read(full());
    assertTrue(wanted.text().tieWordEmbeddings());
    Path nested =
        changed(
            full(),
            root -> {
              ObjectNode text = root.deepCopy();
              text.remove("vision_config");
              ObjectNode rope = text.putObject("rope_parameters");
              rope.set("rope_theta", text.remove("rope_theta"));
              rope.set("mrope_section", text.remove("rope_scaling").get("mrope_section"));
              ObjectNode vision = (ObjectNode) root.get("vision_config");
              vision.set("in_channels", vision.remove("in_chans"));
              long image = root.get("image_token_id").asLong();
              root.removeAll();
              root.put("image_token_id", image).set("vision_config", vision);
              root.set("text_config", text);
            });
    assertEquals(wanted, read(nested));
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    refused(
        "num_attention_heads is 0, it must be at least 1", c -> c.put("num_attention_heads", 0));
    refused(
        "num_hidden_layers is 1000000000, it must be at most 1000",
        c -> c.put("num_hidden_layers", 1_000_000_000));
    refused(
        "vision depth is 2147483647, it must be at most 1000",
        c -> ((ObjectNode) c.get("vision_config")).put("depth", Integer.MAX_VALUE));
    refused("rope type 'yarn'", c -> ((ObjectNode) c.get("rope_scaling")).put("type", "yarn"));
    refused("hidden_act 'gelu'", c -> c.put("hidden_act", "gelu"));
    refused("use_sliding_window", c -> c.put("use_sliding_window", true));
    refused("mrope_section", c -> ((ObjectNode) c.get("rope_scaling")).putArray("mrope_section"));
    refused(
        "half a head is 64",
        c -> ((ObjectNode) c.get("rope_scaling")).putArray("mrope_section").add(1).add(2).add(3));
    refused(
        "out_hidden_size", c -> ((ObjectNode) c.get("vision_config")).put("out_hidden_size", 5));
    refused("in_channels 4", c -> ((ObjectNode) c.get("vision_config")).put("in_channels", 4));
    refused("vision_config is missing", c -> c.remove("vision_config"));
    refused("each must be a multiple", c -> c.put("num_key_value_heads", 3));
  }

  @Test
  void preprocessorTakesBothFormsOfItsBounds() throws IOException {
    PatchShape vision = read(stored("config.json")).vision().patches();
    Path older =
        changed(
            stored("preprocessor_config.json"),
            c -> c.put("min_pixels", 4000).put("max_pixels", 90_000).remove("size"));
    PreprocessorConfig wanted = PreprocessorConfig.read(ConfigFile.read(older), vision);
    assertEquals(4000, wanted.minPixels());
    Path newer =
        changed(
            stored("preprocessor_config.json"),
            c -> {
              c.remove("min_pixels");
              c.remove("max_pixels");
              c.putObject("size").put("shortest_edge", 4000).put("longest_edge", 90_000);
            });
    assertEquals(wanted, PreprocessorConfig.read(ConfigFile.read(newer), vision));
    Path other = changed(stored("preprocessor_config.json"), c -> c.put("patch_size", 3));
    assertThrows(IOException.class, () -> PreprocessorConfig.read(ConfigFile.read(other), vision));
  }

  /** What the published classes say where a file says nothing. */
  @Test
  void whatIsLeftOutIsFilledIn() throws IOException {
    Qwen25VlConfig wanted = read(full());
    Path path =
        changed(
            full(),
            root -> {
              root.remove(List.of("image_token_id", "use_sliding_window", "hidden_act"));
              ObjectNode vision = (ObjectNode) root.get("vision_config");
              vision.remove(List.of("in_chans", "patch_size", "spatial_merge_size"));
              vision.remove(List.of("temporal_patch_size", "window_size", "depth", "num_heads"));
              vision.remove(List.of("intermediate_size", "fullatt_block_indexes"));
            });
    assertEquals(wanted, read(path));
  }

  @Test
  void aProcessorWithoutBoundsHasThoseOfItsClass() throws IOException {
    PatchShape vision = read(full()).vision().patches();
    Path bare = changed(stored("preprocessor_config.json"), ObjectNode::removeAll);
    ConfigFile file = ConfigFile.read(bare);
    assertEquals(
        new PreprocessorConfig(14, 2, 2, 3136, 1_003_520), PreprocessorConfig.read(file, vision));
    ImageStatistics statistics = ImageStatistics.read(file, PreprocessorConfig.STATISTICS);
    assertEquals(List.of(0.48145466, 0.4578275, 0.40821073), statistics.imageMean());
    assertEquals(List.of(0.26862954, 0.26130258, 0.27577711), statistics.imageStd());
    Path one =
        changed(stored("preprocessor_config.json"), c -> c.removeAll().put("max_pixels", 9999));
    assertEquals(
        new PreprocessorConfig(14, 2, 2, 3136, 9999),
        PreprocessorConfig.read(ConfigFile.read(one), vision));
  }
}
