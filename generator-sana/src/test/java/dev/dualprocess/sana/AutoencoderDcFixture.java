package dev.dualprocess.sana;

import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.SafeTensorsWriter;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Small autoencoders: the one that the golden data was computed with, and random ones. */
final class AutoencoderDcFixture {
  /** The name of the golden cases. */
  static final String CASES = "vae/dc_ae_sana";

  private AutoencoderDcFixture() {}

  static AutoencoderDc golden(Placement placement, TensorOwner owner) throws IOException {
    Path folder = Fixtures.path(Fixtures.json(CASES + ".json").path("checkpoint").asText());
    AutoencoderDcConfig config =
        ConfigFile.read(folder.resolve("config.json")).as(AutoencoderDcConfig.class);
    try (Checkpoint file = Checkpoint.open(folder)) {
      return load(Weights.of(file, placement, owner), config);
    }
  }

  /** Written to {@code folder} with random weights, and read from there. */
  static AutoencoderDc random(AutoencoderDcConfig config, Path folder, TensorOwner owner)
      throws IOException {
    Path path = folder.resolve("random.safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (Noise noise = Noise.seeded(1)) {
      asked(config, owner)
          .forEach(
              (name, shape) -> {
                long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
                tensors.put(name, Ops.mul(noise.normal(sizes), 0.3));
              });
    }
    SafeTensorsWriter.write(path, tensors, Map.of());
    try (Checkpoint file = Checkpoint.openSingle(path)) {
      return load(Weights.of(file, Placement.CPU, owner), config);
    }
  }

  /** Name and shape of every tensor that a model wants. */
  static Map<String, List<Long>> asked(AutoencoderDcConfig config, TensorOwner owner) {
    Weights meta = Weights.meta(owner);
    AutoencoderDc.load(meta, config, new Blocks());
    return meta.asked();
  }

  private static AutoencoderDc load(Weights weights, AutoencoderDcConfig config)
      throws IOException {
    AutoencoderDc model = AutoencoderDc.load(weights, config, new Blocks());
    weights.requireComplete();
    return model;
  }
}
