package dev.dualprocess.idefics2;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.spi.Opening;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.CheckpointForms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Every form, and the file of the processor. */
class CheckpointFormsTest extends CheckpointForms<Idefics2> {
  CheckpointFormsTest() {
    super(new Idefics2Family(), "model.text_model.norm.weight");
  }

  @Test
  void refusesAProcessorWithAnotherNumberOfImageTokens() throws IOException {
    store(key -> key);
    Path processor = folder().resolve("processor_config.json");
    Files.writeString(processor, "{\"image_seq_len\": 5}");
    String told =
        assertThrows(IOException.class, () -> Idefics2.open(folder(), Opening.at(Placement.CPU)))
            .getMessage();
    assertTrue(told.startsWith(processor + ": image_seq_len 5 is not"), told);
    Files.delete(processor);
    Idefics2.open(folder(), Opening.at(Placement.CPU)).close();
  }
}
