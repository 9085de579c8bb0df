package dev.dualprocess.sana;

import static dev.dualprocess.testing.Golden.assertClose;
import static dev.dualprocess.testing.TrajectoryContract.zeroToOne;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

/** Whole images, step by step, against diffusers' SanaPipeline. */
class SanaPipelineParityTest {
  private static final String PIPELINES = "pipelines/pipelines";
  private static final double OUTPUT = Parity.sensitive(1e-4, 6e-2);
  private static final double LARGEST = Parity.sensitive(1e-3, 1);
  private static final double SCHEDULE = 1e-6;

  static List<String> cases() {
    List<String> names = new ArrayList<>();
    JsonNode json = Fixtures.json(PIPELINES + ".json");
    json.fieldNames().forEachRemaining(names::add);
    names.removeIf(
        name -> !name.startsWith("sana_") || !json.path(name).has("num_inference_steps"));
    assertFalse(names.isEmpty(), "no cases");
    return names;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void imagesAreThoseOfThePipeline(String name) throws IOException {
    JsonNode json = Fixtures.json(PIPELINES + ".json").path(name);
    Sampling sampling = sampling(json);
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(PIPELINES);
        Generator generator = SanaFixtures.generator(SanaFixtures.pipeline());
        Conditioning whole = generator.condition(json.path("prompt").asText())) {
      String which = name + ".";
      FlowSchedule schedule = generator.schedule(sampling);
      golden.assertClose(
          which + "sigmas", Ops.floats(schedule.sigmas(), schedule.steps() + 1), SCHEDULE);
      golden.assertClose(
          which + "timesteps", Ops.floats(schedule.timesteps(), schedule.steps()), SCHEDULE);

      Conditioning text = text(json, whole, sampling);
      Tensor noise = golden.tensor(which + "init_latents");
      Tensor steps = golden.tensor(which + "step_latents");
      for (int i = 0; i < schedule.steps(); i++) {
        Tensor latents = generator.sample(noise, text, sampling, i + 1);
        assertNear(which + "step " + i, steps.select(0, i), latents);
      }
      Tensor latents = generator.sample(noise, text, sampling, schedule.steps());
      Tensor vaeInput = SanaFixtures.parts(generator).unscaled(latents);
      assertNear(which + "vae_input", golden.tensor(which + "vae_input"), vaeInput);
      Tensor decoded = generator.decode(latents, sampling.size());
      assertNear(which + "decoded", golden.tensor(which + "decoded"), decoded);
      Tensor image = zeroToOne(generator.generate(noise, text, sampling));
      assertNear(which + "image", golden.tensor(which + "image"), image);
    }
  }

  private static void assertNear(String what, Tensor expected, Tensor actual) {
    assertClose(what, expected, actual, OUTPUT);
    double largest = Golden.largestDifference(expected, actual);
    assertTrue(largest <= LARGEST, () -> what + ": off by up to " + largest);
  }

  private static Conditioning text(JsonNode json, Conditioning whole, Sampling sampling) {
    boolean plain = json.path("complex_human_instruction").isNull();
    return plain ? whole.forTraining(sampling.withShift(Sampling.Shift.STATIC)) : whole;
  }

  private static Sampling sampling(JsonNode json) {
    ImageSize size = new ImageSize(json.path("height").asInt(), json.path("width").asInt());
    boolean published = json.path("scheduler").asText().contains("as stored");
    return new Sampling(
        size,
        json.path("num_inference_steps").asInt(),
        json.path("guidance_scale").asDouble(),
        published ? Sampling.Shift.PUBLISHED : Sampling.Shift.STATIC);
  }
}
