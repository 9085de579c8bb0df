package dev.dualprocess.flux;

import static dev.dualprocess.testing.Golden.assertClose;
import static dev.dualprocess.testing.TrajectoryContract.zeroToOne;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.testing.Parity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole images, step by step, against diffusers' FluxPipeline. */
class FluxPipelineParityTest {
  private static final String PIPELINES = "pipelines/pipelines";
  private static final double OUTPUT = Parity.sensitive(1e-4, 5e-2);
  private static final double SCHEDULE = 1e-6;

  static List<String> cases() {
    List<String> names = new ArrayList<>();
    JsonNode json = Fixtures.json(PIPELINES + ".json");
    json.fieldNames().forEachRemaining(names::add);
    names.removeIf(
        name ->
            !json.path(name).has("num_inference_steps")
                || !FluxFixtures.variants().contains(variant(name)));
    assertFalse(names.isEmpty(), "no cases");
    return names;
  }

  private static String variant(String name) {
    return name.substring(0, name.indexOf('_'));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void imagesAreThoseOfThePipeline(String name) throws IOException {
    JsonNode json = Fixtures.json(PIPELINES + ".json").path(name);
    Sampling sampling = sampling(json);
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(PIPELINES);
        Generator generator = FluxFixtures.generator(FluxFixtures.pipeline(variant(name)));
        Conditioning text = generator.condition(json.path("prompt").asText())) {
      String which = name + ".";
      FlowSchedule schedule = generator.schedule(sampling);
      golden.assertClose(
          which + "sigmas", Ops.floats(schedule.sigmas(), schedule.steps() + 1), SCHEDULE);
      golden.assertClose(
          which + "timesteps", Ops.floats(schedule.timesteps(), schedule.steps()), SCHEDULE);

      Tensor noise = golden.tensor(which + "init_latents");
      Tensor steps = golden.tensor(which + "step_latents");
      for (int i = 0; i < schedule.steps(); i++) {
        Tensor latents = generator.sample(noise, text, sampling, i + 1);
        assertClose(which + "step " + i, steps.select(0, i), latents, OUTPUT);
      }
      Tensor latents = generator.sample(noise, text, sampling, schedule.steps());
      LatentGrid grid =
          LatentGrid.of(
              sampling.size(), FluxFixtures.parts(generator).vae().config().scaleFactor() * 2);
      Tensor vaeInput = FluxFixtures.parts(generator).vae().unscaled(grid.unpack(latents));
      golden.assertClose(which + "vae_input", vaeInput, OUTPUT);
      Tensor decoded = generator.decode(latents, sampling.size());
      golden.assertClose(which + "decoded", decoded, OUTPUT);
      Tensor image = generator.generate(noise, text, sampling);
      golden.assertClose(which + "image", zeroToOne(image), OUTPUT);
    }
  }

  private static Sampling sampling(JsonNode json) {
    ImageSize size = new ImageSize(json.path("height").asInt(), json.path("width").asInt());
    boolean published = json.path("scheduler").asText().startsWith("as stored");
    return new Sampling(
        size,
        json.path("num_inference_steps").asInt(),
        json.path("guidance_scale").asDouble(),
        published ? Sampling.Shift.PUBLISHED : Sampling.Shift.STATIC);
  }
}
