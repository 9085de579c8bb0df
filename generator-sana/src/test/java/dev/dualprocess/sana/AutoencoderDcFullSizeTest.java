package dev.dualprocess.sana;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

/** The real autoencoder, built without memory: every tensor's name and shape. */
class AutoencoderDcFullSizeTest {
  private static final String NAME = "dc-ae-f32c32-sana";

  @Test
  void namesAndShapesAreThoseOfTheCheckpoint() throws IOException {
    AutoencoderDcConfig config =
        ConfigFile.read(Fixtures.fullsize(NAME + ".config.json")).as(AutoencoderDcConfig.class);
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner()) {
      assertEquals(listed(), AutoencoderDcFixture.asked(config, owner));
    }
  }

  private static Map<String, List<Long>> listed() {
    Map<String, List<Long>> tensors = new TreeMap<>();
    for (Map.Entry<String, JsonNode> tensor :
        Fixtures.json(Fixtures.fullsize(NAME + ".json")).path("tensors").properties()) {
      JsonNode value = tensor.getValue();
      long[] shape = Fixtures.longs(value.isArray() ? value : value.path("shape"));
      tensors.put(tensor.getKey(), LongStream.of(shape).boxed().toList());
    }
    return tensors;
  }
}
