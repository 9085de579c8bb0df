package dev.dualprocess.idefics2;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.testing.CheckpointForms;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Every form, and the file of the processor. */
class CheckpointFormsTest extends CheckpointForms {
  CheckpointFormsTest() {
    super(new Idefics2Family(), "model.text_model.norm.weight");
  }

  @Test
  void refusesAProcessorWithAnotherNumberOfImageTokens() throws IOException {
    store(key -> key);
    Path processor = folder().resolve("processor_config.json");
    JsonNode perceiver = Fixtures.json(folder().resolve("config.json")).path("perceiver_config");
    int another = perceiver.path("resampler_n_latents").asInt() + 1;
    Files.writeString(processor, "{\"image_seq_len\": %d}".formatted(another));
    String told = assertThrows(IOException.class, () -> Idefics2.read(folder())).getMessage();
    assertTrue(told.startsWith("%s: image_seq_len %d is not".formatted(processor, another)), told);
    Files.delete(processor);
    assertSameLogits(0);
  }
}
