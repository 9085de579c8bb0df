package dev.dualprocess.sana;

import dev.dualprocess.Generator;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.flow.ScmConfig;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.spi.FlowGenerator;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Parity;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Golden cases of Sana and the models they were computed with. */
final class SanaFixtures {
  private SanaFixtures() {}

  /** Names of the transformer's cases, without the ending. */
  static List<String> transformerCases() {
    return Stream.concat(
            Fixtures.cases("sana_transformer", "").stream(),
            Fixtures.cases("sana_sprint", "transformer").stream())
        .toList();
  }

  /** Those with a LoRA. */
  static List<String> adaptedCases() {
    return transformerCases().stream()
        .filter(name -> Fixtures.json(name + ".json").has("lora"))
        .toList();
  }

  /** The transformer's folder that a case was computed with. */
  static Path checkpoint(String name) {
    return Fixtures.path(Fixtures.json(name + ".json").path("checkpoint").asText());
  }

  /** The pipeline's folder, as the golden data names it. */
  static Path pipeline() {
    return checkpoint(transformerCases().get(0)).getParent();
  }

  /** The folder of SANA-Sprint's pipeline, as the golden data names it. */
  static Path sprint() {
    return checkpoint("sana_sprint/transformer").getParent();
  }

  /** A whole generator, where the golden tests run. */
  static Generator generator(Path folder) throws IOException {
    return SanaModel.open(folder, LoadOptions.at(Parity.placement()));
  }

  /** The models behind a generator. */
  static SanaParts parts(Generator generator) {
    return ((SanaModel) ((FlowGenerator) generator).model()).parts();
  }

  /** The scheduler's file of SANA-Sprint. */
  static ScmConfig scheduler(Generator generator) {
    return ((SanaSprint) parts(generator).recipe()).scheduler();
  }

  /** What SANA-Sprint multiplies a guidance scale by. */
  static double guidanceScale(Generator generator) {
    return ((SanaSprint) parts(generator).recipe()).guidanceEmbedsScale();
  }

  /** A transformer, there. */
  static SanaTransformer transformer(Path folder, TensorOwner owner) throws IOException {
    try (Checkpoint file = Checkpoint.open(folder)) {
      Weights weights = Weights.of(file, Parity.placement(), owner);
      SanaTransformer model =
          SanaTransformer.load(
              weights,
              ConfigFile.read(folder.resolve("config.json")).as(SanaTransformerConfig.class),
              new Blocks());
      weights.requireComplete();
      return model;
    }
  }
}
