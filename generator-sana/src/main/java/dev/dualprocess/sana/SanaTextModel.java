package dev.dualprocess.sana;

import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.weights.WeightSource;
import dev.dualprocess.weights.WeightSource.Renaming;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;

/** Gemma-2 in memory, and the owner of its weights. */
record SanaTextModel(Gemma2TextEncoder gemma, TensorOwner owner) implements Closeable {
  /** Loads the model of a folder to {@code placement}; nothing stays behind if that fails. */
  static SanaTextModel load(
      Path folder, Gemma2Config config, Placement placement, WeightSource source)
      throws IOException {
    TensorOwner owner = new TensorOwner();
    try (PointerScope scope = new PointerScope()) {
      Gemma2TextEncoder gemma =
          source.build(
              folder,
              placement,
              owner,
              Renaming.each(Gemma2TextEncoder::rename),
              weights -> Gemma2TextEncoder.load(weights, config));
      return new SanaTextModel(gemma, owner);
    } catch (IOException | RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  @Override
  public void close() {
    owner.close();
  }
}
