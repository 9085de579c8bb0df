package dev.dualprocess.lora;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Collects the tensors of a file that some program might have written. */
final class LoraFiles implements AutoCloseable {
  private final PointerScope scope = new PointerScope();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> header = new LinkedHashMap<>();

  LoraFiles put(String key, Tensor value) {
    tensors.put(key, value);
    return this;
  }

  /** Random numbers; the same key gives the same. */
  LoraFiles random(String key, long... shape) {
    return put(key, Noise.randn(key.hashCode() & 0xffff, shape));
  }

  LoraFiles number(String key, float value) {
    return put(key, Ops.floats(new float[] {value}));
  }

  LoraFiles header(String key, String value) {
    header.put(key, value);
    return this;
  }

  /** Down and up of one module. */
  LoraFiles module(String name, String down, String up, int rank, int in, int out) {
    return random(name + down, rank, in).random(name + up, out, rank);
  }

  LoraFiles peft(String name, int rank, int in, int out) {
    return module(name, ".lora_A.weight", ".lora_B.weight", rank, in, out);
  }

  LoraFiles kohya(String name, int rank, int in, int out) {
    return module(name, ".lora_down.weight", ".lora_up.weight", rank, in, out);
  }

  Tensor tensor(String key) {
    Tensor found = tensors.get(key);
    if (found == null) {
      throw new IllegalArgumentException(key);
    }
    return found;
  }

  /** up times down, in plain double arithmetic. */
  double[][] product(String up, String down) {
    return Plain.times(Plain.matrix(tensor(up)), Plain.matrix(tensor(down)));
  }

  double[][] kohyaProduct(String name) {
    return product(name + ".lora_up.weight", name + ".lora_down.weight");
  }

  double[][] peftProduct(String name) {
    return product(name + ".lora_B.weight", name + ".lora_A.weight");
  }

  Path write(Path path) throws IOException {
    SafeTensorsWriter.write(path, tensors, header);
    return path;
  }

  @Override
  public void close() {
    scope.close();
  }
}
