package dev.dualprocess.flux;

import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.weights.WeightSource;
import dev.dualprocess.weights.WeightSource.Renaming;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** The two text encoders in memory, and the owner of their weights. */
record FluxTextModels(ClipTextEncoder clip, T5Encoder t5, TensorOwner owner) implements Closeable {

  /** Loads both to {@code placement}; nothing stays behind if that fails. */
  static FluxTextModels load(
      Path folder,
      ClipTextConfig clipConfig,
      T5Config t5Config,
      Placement placement,
      WeightSource source)
      throws IOException {
    TensorOwner owner = new TensorOwner();
    try {
      ClipTextEncoder clip =
          source.build(
              folder.resolve("text_encoder"),
              placement,
              owner,
              Renaming.each(ClipTextEncoder::rename),
              weights -> ClipTextEncoder.load(weights, clipConfig));
      T5Encoder t5 =
          source.build(
              folder.resolve("text_encoder_2"),
              placement,
              owner,
              (Renaming) T5Encoder::rename,
              weights -> T5Encoder.load(weights, t5Config));
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
