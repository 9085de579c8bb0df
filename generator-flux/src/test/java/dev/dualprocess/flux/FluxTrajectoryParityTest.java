package dev.dualprocess.flux;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.ImageSize;
import dev.dualprocess.Lora;
import dev.dualprocess.Sampling;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** LoRA files and clean estimates of the authors' code, drawn by this generator. */
class FluxTrajectoryParityTest {
  private static final double OUTPUT = 1e-4;

  static List<String> trajectories() {
    try (Stream<Path> folders = Files.list(Fixtures.path("trajectories"))) {
      List<String> found =
          folders
              .map(folder -> "trajectories/" + folder.getFileName())
              .filter(FluxTrajectoryParityTest::isOfFlux)
              .sorted()
              .toList();
      assertFalse(found.isEmpty(), "no trajectories");
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOfFlux(String trajectory) {
    Path json = Fixtures.path(trajectory).resolve("trajectory.json");
    return Files.exists(json)
        && new FluxGeneratorProvider()
            .supports(Fixtures.path(Fixtures.json(json).path("checkpoint_generator").asText()));
  }

  @ParameterizedTest
  @MethodSource("trajectories")
  void loraFilesOfTheReferenceDrawTheSameImages(String trajectory) throws IOException {
    JsonNode json = Fixtures.json(trajectory + "/trajectory.json");
    Sampling sampling = sampling(json);
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(trajectory + "/trajectory");
        FluxGenerator generator = generator(json);
        Conditioning text = generator.condition(json.path("prompt").asText())) {
      Tensor noise = golden.tensor("eval_noise");
      assertImages(golden, "eval.weight0.", generator, noise, text, sampling);
      assertTrue(json.path("interop").size() > 0, "no LoRA files");
      for (Map.Entry<String, JsonNode> file : json.path("interop").properties()) {
        String key = file.getKey().contains("with_metadata") ? "with_metadata" : "plain";
        double weight = file.getValue().path("weight_to_match_training").asDouble();
        try (Lora lora = Lora.load(Fixtures.path(trajectory).resolve(file.getKey()))) {
          try (LoraTargets.Attachment asLoaded = generator.loraTargets().attach(lora, 1)) {
            Tensor first = image(generator, noise.narrow(0, 0, 1), text, sampling);
            golden.assertClose("interop." + key + ".image", first, OUTPUT);
          }
          try (LoraTargets.Attachment asTrained = generator.loraTargets().attach(lora, weight)) {
            assertImages(golden, "eval.weight5.", generator, noise, text, sampling);
          }
        }
        assertImages(golden, "eval.weight0.", generator, noise, text, sampling);
      }
    }
  }

  /** One image for each row of the noise. */
  private static void assertImages(
      Golden golden,
      String which,
      FluxGenerator generator,
      Tensor noise,
      Conditioning text,
      Sampling sampling) {
    for (int i = 0; i < noise.size(0); i++) {
      Tensor image = image(generator, noise.narrow(0, i, 1), text, sampling);
      golden.assertClose(which + "noise" + i + ".image", image, OUTPUT);
    }
  }

  @ParameterizedTest
  @MethodSource("trajectories")
  void theFirstDraftIsTheCleanEstimateOfTheReference(String trajectory) throws IOException {
    JsonNode json = Fixtures.json(trajectory + "/trajectory.json");
    Sampling sampling = sampling(json);
    int step = json.path("sampled_index_i").path(0).asInt();
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(trajectory + "/trajectory");
        FluxGenerator generator = generator(json);
        Conditioning text = generator.condition(json.path("prompt").asText())) {
      Tensor noise = golden.tensor("train_noise").narrow(0, 0, 1);
      Tensor zt = generator.sample(noise, text, sampling, step);
      golden.assertClose("step0.latents", zt, OUTPUT);
      try (Draft draft = generator.draft(zt, step, text, sampling)) {
        golden.assertClose("step0.pred_x0_image", draft.image(), OUTPUT);
      }
    }
  }

  private static FluxGenerator generator(JsonNode json) throws IOException {
    return FluxFixtures.generator(Fixtures.path(json.path("checkpoint_generator").asText()));
  }

  private static Sampling sampling(JsonNode json) {
    JsonNode settings = json.path("generator_kwargs");
    return new Sampling(
        new ImageSize(settings.path("height").asInt(), settings.path("width").asInt()),
        settings.path("num_inference_steps").asInt(),
        settings.path("guidance_scale").asDouble(),
        Sampling.Shift.STATIC);
  }

  private static Tensor image(
      FluxGenerator generator, Tensor noise, Conditioning text, Sampling sampling) {
    return FluxPipelineParityTest.zeroToOne(generator.generate(noise, text, sampling));
  }
}
