package dev.dualprocess;

import dev.dualprocess.lora.LoraFile;
import dev.dualprocess.lora.LoraWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * A low-rank change of a generator's weights, W + s BA for each of its modules: what was learnt, as
 * a value to save, load, scale, stack and hand to someone else. Holds native memory until closed.
 */
public interface Lora extends AutoCloseable {
  /** The modules it changes, by their paths in the checkpoint. */
  Set<String> modules();

  /** alpha / rank: the factor of BA at weight 1. */
  double scale();

  /** The largest rank among its modules. */
  int rank();

  /** A copy whose effect is {@code factor} times as strong. */
  Lora scaled(double factor);

  /**
   * Writes it as a safetensors file in the naming that diffusers' {@code load_lora_weights} reads,
   * with rank and alpha in the file's metadata; an existing file is replaced as a whole.
   */
  void save(Path path) throws IOException;

  /**
   * Reads a file in diffusers' naming or in PEFT's state-dict naming. A file without metadata has
   * alpha = rank.
   *
   * @throws IOException in one line, if it is not a LoRA file
   */
  static Lora load(Path path) throws IOException {
    return LoraFile.load(path);
  }

  /** One LoRA whose effect is the sum of those; ranks add up where they share a module. */
  static Lora stack(Lora... loras) {
    return LoraWeights.stack(loras);
  }

  /** Frees its tensors; it must not be attached any more. */
  @Override
  void close();
}
