package dev.dualprocess.smolvlm;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.testing.CheckpointForms;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Every form, the other model type, and the file of the processor. */
class CheckpointFormsTest extends CheckpointForms {
  CheckpointFormsTest() {
    super(new SmolVlmFamily(), "model.text_model.norm.weight");
  }

  /** SmolVLM2 says another model type and is the same. */
  @Test
  void takesTheOtherModelType() throws IOException {
    store(key -> key);
    Path config = folder().resolve("config.json");
    String other =
        Fixtures.json(config).get("model_type").asText().equals("smolvlm") ? "idefics3" : "smolvlm";
    change("config.json", "model_type", other);
    assertTrue(new SmolVlmProvider().supports(folder()));
    assertSameLogits(0);
  }

  private void change(String file, String field, String value) throws IOException {
    ObjectNode root = (ObjectNode) Fixtures.json(folder().resolve(file));
    Files.writeString(folder().resolve(file), root.put(field, value).toString());
  }

  private void change(String file, String field, int value) throws IOException {
    ObjectNode root = (ObjectNode) Fixtures.json(folder().resolve(file));
    Files.writeString(folder().resolve(file), root.put(field, value).toString());
  }

  private void refused(String reason) {
    String told = assertThrows(IOException.class, () -> SmolVlm.read(folder())).getMessage();
    assertTrue(told.contains(reason), told);
  }

  @Test
  void refusesAProcessorWithAnotherNumberOfImageTokens() throws IOException {
    store(key -> key);
    Path processor = folder().resolve("processor_config.json");
    int another = new SmolVlmFamily().architecture().tileTokens() + 1;
    Files.writeString(processor, "{\"image_seq_len\": %d}".formatted(another));
    refused("%s: image_seq_len %d is not".formatted(processor, another));
    Files.delete(processor);
    assertSameLogits(0);
  }

  @Test
  void refusesTilesThatMakeNoWholeTokens() throws IOException {
    store(key -> key);
    int patches = new SmolVlmFamily().architecture().config().vision().positionsPerSide();
    change("config.json", "scale_factor", patches + 1);
    refused("patches a side, which is no multiple of scale_factor " + (patches + 1));
    change("config.json", "scale_factor", 0);
    refused("scale_factor is 0, it must be at least 1");
  }
}
