package dev.dualprocess.flux;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.Generator;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.spi.FlowGenerator;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Parity;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.WeightSource;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Golden cases of FLUX.1 and the models they were computed with. */
final class FluxFixtures {
  private FluxFixtures() {}

  /** The pipeline folder of a variant such as {@code schnell}, as the golden data names it. */
  static Path pipeline(String variant) {
    JsonNode json = Fixtures.json("text_encoders/clip_t5_" + variant + ".json");
    return Fixtures.path(json.path("checkpoint").asText());
  }

  /** The variants there are golden data of: schnell, dev. */
  static List<String> variants() {
    return Fixtures.cases("text_encoders", "clip_t5_").stream()
        .map(name -> name.substring(name.lastIndexOf("clip_t5_") + "clip_t5_".length()))
        .toList();
  }

  /** A whole generator, where the golden tests run. */
  static Generator generator(Path folder) throws IOException {
    return FluxModel.open(folder, LoadOptions.at(Parity.placement()));
  }

  /** The models behind a generator. */
  static FluxParts parts(Generator generator) {
    return ((FluxModel) ((FlowGenerator) generator).model()).parts();
  }

  /** A transformer, there. */
  static FluxTransformer transformer(Path folder, TensorOwner owner) throws IOException {
    try (Checkpoint file = Checkpoint.open(folder)) {
      Weights weights = Weights.of(file, Parity.placement(), owner);
      FluxTransformer model =
          FluxTransformer.load(weights, config(folder, FluxTransformerConfig.class), new Blocks());
      weights.requireComplete();
      return model;
    }
  }

  /** An autoencoder, there. */
  static AutoencoderKl vae(Path folder, TensorOwner owner) throws IOException {
    try (Checkpoint file = Checkpoint.open(folder)) {
      Weights weights = Weights.of(file, Parity.placement(), owner);
      AutoencoderKl model =
          AutoencoderKl.load(weights, config(folder, AutoencoderKlConfig.class), new Blocks());
      weights.requireComplete();
      return model;
    }
  }

  /** Both text encoders, there. */
  static FluxTextModels textModels(Path pipeline) throws IOException {
    return FluxTextModels.load(
        pipeline,
        config(pipeline.resolve("text_encoder"), ClipTextConfig.class),
        config(pipeline.resolve("text_encoder_2"), T5Config.class),
        Parity.placement(),
        WeightSource.FILES);
  }

  private static <T extends Record> T config(Path folder, Class<T> type) throws IOException {
    return ConfigFile.read(folder.resolve("config.json")).as(type);
  }
}
