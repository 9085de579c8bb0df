package dev.dualprocess.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A field that a config leaves out has the value of the published class. */
class ConfigDefaultsTest {
  @TempDir Path folder;

  private <C extends Record> void assertSameWithout(String name, Class<C> type, String... fields)
      throws IOException {
    Path full = Fixtures.fullsize(name + ".config.json");
    ObjectNode root = (ObjectNode) Fixtures.json(full);
    root.remove(List.of(fields));
    Path sparse = Files.writeString(folder.resolve("config.json"), root.toString());
    assertEquals(ConfigFile.read(full).as(type), ConfigFile.read(sparse).as(type));
  }

  /** FLUX.1 Schnell is what the class draws with where nothing is said. */
  @Test
  void transformer() throws IOException {
    String[] all = {
      "in_channels",
      "num_layers",
      "num_single_layers",
      "attention_head_dim",
      "num_attention_heads",
      "joint_attention_dim",
      "pooled_projection_dim",
      "guidance_embeds",
      "axes_dims_rope",
      "patch_size"
    };
    assertSameWithout("flux1-schnell-transformer", FluxTransformerConfig.class, all);
  }

  @Test
  void textEncoders() throws IOException {
    assertSameWithout(
        "clip-vit-l14-text",
        ClipTextConfig.class,
        "vocab_size",
        "num_hidden_layers",
        "max_position_embeddings",
        "hidden_act",
        "layer_norm_eps");
    assertSameWithout(
        "t5-v1_1-xxl-encoder", T5Config.class, "vocab_size", "d_kv", "layer_norm_epsilon");
  }

  @Test
  void emptyFilesAreThePublishedClasses() throws IOException {
    ConfigFile empty = ConfigFile.read(Files.writeString(folder.resolve("config.json"), "{}"));
    ClipTextConfig clip = empty.as(ClipTextConfig.class);
    assertEquals(
        List.of(512, 2048, 8),
        List.of(clip.hiddenSize(), clip.intermediateSize(), clip.numAttentionHeads()));
    T5Config t5 = empty.as(T5Config.class);
    assertEquals(
        List.of(512, 2048, 6, 8), List.of(t5.dModel(), t5.dFf(), t5.numLayers(), t5.numHeads()));
  }
}
