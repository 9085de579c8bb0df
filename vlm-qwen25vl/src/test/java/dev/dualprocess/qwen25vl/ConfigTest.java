package dev.dualprocess.qwen25vl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both forms of config.json say the same; what does not fit is refused with the reason. */
class ConfigTest {
  @TempDir private Path folder;

  private Path changed(String file, Consumer<ObjectNode> change) throws IOException {
    ObjectNode root =
        (ObjectNode)
            Fixtures.json(
                file.startsWith("fullsize/")
                    ? Fixtures.fullsize(file.substring("fullsize/".length()))
                    : QwenFixture.checkpoint().resolve(file));
    change.accept(root);
    Path path = folder.resolve("config.json");
    Files.writeString(path, JsonMapper.builder().build().writeValueAsString(root));
    return path;
  }

  private void refused(String reason, Consumer<ObjectNode> change) throws IOException {
    Path path = changed("fullsize/qwen2.5-vl-3b.config.json", change);
    String told = assertThrows(IOException.class, () -> Qwen25VlConfig.read(path)).getMessage();
    assertTrue(told.startsWith(path.toString()) && told.contains(reason), told);
  }

  @Test
  void bothFormsGiveTheSameRecord() throws IOException {
    Path newer = QwenFixture.checkpoint().resolve("config.transformers5.json");
    assumeTrue(Files.exists(newer), "this family has one form only");
    assertEquals(
        Qwen25VlConfig.read(QwenFixture.checkpoint().resolve("config.json")),
        Qwen25VlConfig.read(newer));
  }

  @Test
  void flatFormCanBeNested() throws IOException {
    Path flat = changed("fullsize/qwen2.5-vl-3b.config.json", root -> {});
    Qwen25VlConfig wanted = Qwen25VlConfig.read(flat);
    assertTrue(wanted.text().tieWordEmbeddings());
    Path nested =
        changed(
            "fullsize/qwen2.5-vl-3b.config.json",
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
    assertEquals(wanted, Qwen25VlConfig.read(nested));
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    refused("rope type 'yarn'", c -> ((ObjectNode) c.get("rope_scaling")).put("type", "yarn"));
    refused("hidden_act 'gelu'", c -> c.put("hidden_act", "gelu"));
    refused("use_sliding_window", c -> c.put("use_sliding_window", true));
    refused("mrope_section", c -> ((ObjectNode) c.get("rope_scaling")).putArray("mrope_section"));
    refused(
        "half a head is 64",
        c -> ((ObjectNode) c.get("rope_scaling")).putArray("mrope_section").add(1).add(2).add(3));
    refused(
        "out_hidden_size", c -> ((ObjectNode) c.get("vision_config")).put("out_hidden_size", 5));
    refused("vision_config", c -> c.remove("vision_config"));
    refused("each must be a multiple", c -> c.put("num_key_value_heads", 3));
  }

  @Test
  void preprocessorTakesBothFormsOfItsBounds() throws IOException {
    VisionConfig vision =
        Qwen25VlConfig.read(QwenFixture.checkpoint().resolve("config.json")).vision();
    Path older =
        changed(
            "preprocessor_config.json",
            c -> c.put("min_pixels", 4000).put("max_pixels", 90_000).remove("size"));
    PreprocessorConfig wanted = PreprocessorConfig.read(older, vision);
    assertEquals(4000, wanted.minPixels());
    Path newer =
        changed(
            "preprocessor_config.json",
            c -> {
              c.remove("min_pixels");
              c.remove("max_pixels");
              c.putObject("size").put("shortest_edge", 4000).put("longest_edge", 90_000);
            });
    assertEquals(wanted, PreprocessorConfig.read(newer, vision));
    Path other = changed("preprocessor_config.json", c -> c.put("patch_size", 3));
    assertThrows(IOException.class, () -> PreprocessorConfig.read(other, vision));
  }
}
