package dev.dualprocess.flux;

import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** The two text encoders in memory, and the owner of their weights. */
record FluxTextModels(ClipTextEncoder clip, T5Encoder t5, TensorOwner owner)
    implements AutoCloseable {

  /** Loads both to {@code placement}; nothing stays behind if that fails. */
  static FluxTextModels load(
      Path folder, ClipTextConfig clipConfig, T5Config t5Config, Placement placement)
      throws IOException {
    TensorOwner owner = new TensorOwner();
    try (Checkpoint clipFile = Checkpoint.open(folder.resolve("text_encoder"));
        Checkpoint t5File = Checkpoint.open(folder.resolve("text_encoder_2"))) {
      Weights clipWeights = Weights.of(clipFile, placement, owner, ClipTextEncoder::rename);
      ClipTextEncoder clip = ClipTextEncoder.load(clipWeights, clipConfig);
      clipWeights.requireComplete();
      Set<String> stored = t5File.entries().keySet();
      Weights t5Weights =
          Weights.of(t5File, placement, owner, key -> T5Encoder.rename(key, stored));
      T5Encoder t5 = T5Encoder.load(t5Weights, t5Config);
      t5Weights.requireComplete();
      return new FluxTextModels(clip, t5, owner);
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
