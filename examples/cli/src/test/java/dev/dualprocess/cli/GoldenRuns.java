package dev.dualprocess.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What tests of golden runs share. */
final class GoldenRuns {
  private GoldenRuns() {}

  /**
   * The adapter a golden run started with: its A as given, its B zero of the final B's shape,
   * through a file in PEFT's naming.
   *
   * @param scale alpha / rank
   */
  static Lora initialLora(Golden golden, double scale, Path temporary) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      long rank = 0;
      for (String name : golden.names("init.")) {
        Tensor a = golden.tensor("init." + name);
        String b = name.replace("lora_A", "lora_B");
        rank = a.size(0);
        tensors.put(name, a);
        tensors.put(b, torch.zeros_like(golden.tensor("final." + b)));
      }
      String metadata =
          new ObjectMapper()
              .writeValueAsString(
                  Map.of("transformer.r", rank, "transformer.lora_alpha", scale * (double) rank));
      Path file = temporary.resolve("initial.safetensors");
      SafeTensorsWriter.write(file, tensors, Map.of("lora_adapter_metadata", metadata));
      return Lora.load(file);
    }
  }
}
