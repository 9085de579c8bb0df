package dev.dualprocess.qwen25vl;

import dev.dualprocess.testing.CheckpointForms;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Every form, and the other names that this family's tensors have. */
class CheckpointFormsTest extends CheckpointForms {
  CheckpointFormsTest() {
    super(new Qwen25Family(), "model.norm.weight");
  }

  @Test
  void takesTheNamesThatTransformers5HasInMemory() throws IOException {
    store(
        key -> {
          if (key.startsWith("visual.")) {
            return "model." + key;
          }
          return key.startsWith("model.")
              ? "model.language_model." + key.substring("model.".length())
              : key;
        });
    assertSameLogits(1e-6);
  }
}
