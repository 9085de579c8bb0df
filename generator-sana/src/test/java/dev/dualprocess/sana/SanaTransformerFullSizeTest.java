package dev.dualprocess.sana;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real transformers, built without memory: every tensor's name and shape. */
class SanaTransformerFullSizeTest {
  private static final int RANK = 16;

  @ParameterizedTest
  @ValueSource(strings = {"sana-1600m-512px-transformer", "sana-1600m-1024px-transformer"})
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
}
