package dev.dualprocess.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real models, built without memory: every tensor's name and shape. */
class FullSizeTest {
  @ParameterizedTest
  @ValueSource(strings = {"flux1-schnell-transformer", "flux1-dev-transformer"})
  void transformer(String name) throws IOException {
    assertTensors(
        name,
        FluxTransformerConfig.class,
        (w, c) -> FluxTransformer.load(w, c, new Blocks()),
        key -> key);
  }

  @Test
  void autoencoder() throws IOException {
    assertTensors(
        "flux1-vae",
        AutoencoderKlConfig.class,
        (w, c) -> AutoencoderKl.load(w, c, new Blocks()),
        key -> key);
  }

  @Test
  void t5() throws IOException {
    TreeSet<String> stored = new TreeSet<>(listed("t5-v1_1-xxl-encoder").keySet());
    assertTensors(
        "t5-v1_1-xxl-encoder",
        T5Config.class,
        T5Encoder::load,
        key -> T5Encoder.rename(key, stored));
  }

  @Test
  void clip() throws IOException {
    assertTensors(
        "clip-vit-l14-text", ClipTextConfig.class, ClipTextEncoder::load, ClipTextEncoder::rename);
  }

  private static <C extends Record> void assertTensors(
      String name, Class<C> type, BiConsumer<Weights, C> load, UnaryOperator<String> rename)
      throws IOException {
    Map<String, List<Long>> wanted = new TreeMap<>();
    listed(name)
        .forEach(
            (key, shape) -> {
              String renamed = rename.apply(key);
              if (renamed != null) {
                wanted.put(renamed, shape);
              }
            });
    C config = ConfigFile.read(Fixtures.fullsize(name + ".config.json")).as(type);
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner()) {
      Weights meta = Weights.meta(owner);
      load.accept(meta, config);
      assertEquals(wanted, meta.asked());
    }
  }

  private static Map<String, List<Long>> listed(String name) {
    Map<String, List<Long>> tensors = new TreeMap<>();
    for (Map.Entry<String, JsonNode> tensor :
        Fixtures.json(Fixtures.fullsize(name + ".json")).path("tensors").properties()) {
      JsonNode shape =
          tensor.getValue().isArray() ? tensor.getValue() : tensor.getValue().path("shape");
      List<Long> sizes = new ArrayList<>();
      shape.forEach(size -> sizes.add(size.asLong()));
      tensors.put(tensor.getKey(), sizes);
    }
    return tensors;
  }
}
