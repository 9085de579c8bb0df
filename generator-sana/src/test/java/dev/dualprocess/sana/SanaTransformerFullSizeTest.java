package dev.dualprocess.sana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.nn.Adaptable;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real transformers, built without memory: every tensor's name and shape. */
class SanaTransformerFullSizeTest {
  private static final int RANK = 16;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sana-600m-512px-transformer",
        "sana-1600m-512px-transformer",
        "sana-1600m-1024px-transformer",
        "sana-1.5-1600m-1024px-transformer",
        "sana-sprint-600m-1024px-transformer",
        "sana-sprint-1600m-1024px-transformer"
      })
  void transformer(String name) throws IOException {
    Map<String, List<Long>> wanted = new TreeMap<>();
    for (Map.Entry<String, JsonNode> tensor :
        Fixtures.json(Fixtures.fullsize(name + ".json")).path("tensors").properties()) {
      JsonNode shape =
          tensor.getValue().isArray() ? tensor.getValue() : tensor.getValue().path("shape");
      List<Long> sizes = new ArrayList<>();
      shape.forEach(size -> sizes.add(size.asLong()));
      wanted.put(tensor.getKey(), sizes);
    }
    SanaTransformerConfig config =
        ConfigFile.read(Fixtures.fullsize(name + ".config.json")).as(SanaTransformerConfig.class);
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner()) {
      Weights meta = Weights.meta(owner);
      SanaTransformer model = SanaTransformer.load(meta, config, new Blocks());
      assertEquals(wanted, meta.asked());
      assertEquals(11 * config.numLayers(), model.trained().size());
      Adaptable depth =
          model.layers().stream()
              .filter(layer -> layer.path().equals("transformer_blocks.0.ff.conv_depth"))
              .findFirst()
              .orElseThrow();
      long channels = wanted.get("transformer_blocks.0.ff.conv_depth.weight").get(0);
      assertEquals(
          List.of((long) RANK, channels, 3L, 3L),
          Arrays.stream(depth.aShape(RANK)).boxed().toList());
    }
  }

  /** SANA 1.5 4.8B is SANA 1.5 1.6B with three times as many blocks. */
  @Test
  void theLargestHasTheParametersOfItsName() throws IOException {
    String name = "sana-1.5-1600m-1024px-transformer";
    ConfigFile file = ConfigFile.read(Fixtures.fullsize(name + ".config.json"));
    ((ObjectNode) file.root()).put("num_layers", 60);
    SanaTransformerConfig config = file.as(SanaTransformerConfig.class);
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner()) {
      Weights meta = Weights.meta(owner);
      SanaTransformer.load(meta, config, new Blocks());
      long parameters =
          meta.asked().values().stream()
              .mapToLong(shape -> shape.stream().reduce(1L, (a, b) -> a * b))
              .sum();
      assertEquals(4.8e9, (double) parameters, 0.1e9);
      assertTrue(meta.asked().containsKey("transformer_blocks.59.attn2.norm_k.weight"));
    }
  }
}
