package dev.dualprocess.sana;

import static dev.dualprocess.testing.Golden.assertClose;
import static dev.dualprocess.testing.TrajectoryContract.zeroToOne;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.ConsistencySampler;
import dev.dualprocess.flow.Flow;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.flow.ScmConfig;
import dev.dualprocess.flow.ScmTimesteps;
import dev.dualprocess.flow.TrigFlow;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.spi.FlowGenerator;
import dev.dualprocess.spi.FlowModel;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.testing.GoldenStepNoise;
import dev.dualprocess.testing.Parity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole images, step by step, against diffusers' SanaSprintPipeline. */
class SprintPipelineParityTest {
  private static final String PIPELINES = "sana_sprint/pipelines";
  private static final double OUTPUT = Parity.sensitive(2e-4, 6e-2);
  private static final double EMBEDS = Parity.output(1e-4);
  private static final double SCHEDULE = 1e-6;

  static List<String> cases() {
    List<String> names = new ArrayList<>();
    JsonNode json = Fixtures.json(PIPELINES + ".json");
    json.fieldNames().forEachRemaining(names::add);
    names.removeIf(name -> !json.path(name).has("num_inference_steps"));
    assertFalse(names.isEmpty(), "no cases");
    return names;
  }

  private static JsonNode json(String name) {
    return Fixtures.json(PIPELINES + ".json").path(name);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyStepIsThatOfThePipeline(String name) throws IOException {
    JsonNode json = json(name);
    Sampling sampling = sampling(json);
    ScmTimesteps asked = timesteps(json);
    float[] angles = asked.angles();
    String which = name + ".";
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(PIPELINES);
        Generator generator = SanaFixtures.generator(SanaFixtures.sprint());
        Conditioning whole = generator.condition(json.path("prompt").asText())) {
      FlowModel model = ((FlowGenerator) generator).model();
      ScmConfig config = SanaFixtures.scheduler(generator);
      FlowSchedule schedule = asked.schedule(config);
      golden.assertClose(which + "timesteps", Ops.floats(angles, angles.length), SCHEDULE);
      golden.assertClose(
          which + "scm_timesteps", Ops.floats(schedule.timesteps(), schedule.steps()), SCHEDULE);
      Conditioning text = text(json, whole, sampling);
      Tensor noise = golden.tensor(which + "noise");
      ConsistencySampler sampler =
          new ConsistencySampler(schedule, (i, sample) -> noise.select(0, i));
      Tensor y = sampler.begin(golden.tensor(which + "init_latents"));
      for (int i = 0; i < schedule.steps(); i++) {
        assertStep(golden, which, "model_inputs", i, 1, y);
        Tensor velocity = model.velocity(y, sampler.timestep(i), text, sampling);
        assertStep(golden, which, "transformer_outputs", i, 1, velocity);
        Tensor x0 = Flow.cleanEstimate(y, velocity, sampler.sigma(i));
        assertStep(golden, which, "denoised", i, config.sigmaData(), x0);
        y = sampler.step(velocity, i, y);
        double radius = config.sigmaData() / TrigFlow.scale(angles[i + 1]);
        assertStep(golden, which, "step_latents", i, radius, y);
      }
      golden.assertClose(which + "final_latents", y, OUTPUT);
      golden.assertClose(which + "vae_input", SanaFixtures.parts(generator).unscaled(y), OUTPUT);
      if (golden.has(which + "decoded")) {
        golden.assertClose(which + "decoded", generator.decode(y, sampling.size()), OUTPUT);
      }
      if (golden.has(which + "image")) {
        Tensor image = zeroToOne(generator.decode(y, sampling.size()));
        golden.assertClose(which + "image", image, OUTPUT);
      }
    }
  }

  private static void assertStep(
      Golden golden, String which, String kind, int i, double scale, Tensor actual) {
    Tensor wanted = golden.tensor(which + kind).select(0, i);
    assertClose(which + kind + " " + i, wanted, Ops.mul(actual, scale), OUTPUT);
  }

  /** As people ask for it, where they can. */
  @ParameterizedTest
  @MethodSource("cases")
  void theGeneratorsOwnImagesAreThoseOfThePipeline(String name) throws IOException {
    JsonNode json = json(name);
    Sampling sampling = sampling(json);
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(PIPELINES);
        Generator opened = SanaFixtures.generator(SanaFixtures.sprint());
        Conditioning whole = opened.condition(json.path("prompt").asText())) {
      assertEquals(
          json.path("guidance_scale").asDouble() * SanaFixtures.guidanceScale(opened),
          golden.tensor(name + ".guidance").item_double(),
          1e-6);
      if (!timesteps(json).equals(ScmTimesteps.published(sampling.numInferenceSteps()))) {
        return; // a schedule that only the scheduler can be asked for
      }
      FlowSchedule published = timesteps(json).schedule(SanaFixtures.scheduler(opened));
      assertArrayEquals(published.sigmas(), opened.schedule(sampling).sigmas());
      GoldenStepNoise fresh = GoldenStepNoise.of(opened);
      fresh.give(i -> golden.tensor(name + ".noise").select(0, i));
      Generator generator = fresh.generator();
      Tensor noise = golden.tensor(name + ".init_latents");
      Conditioning text = text(json, whole, sampling);
      Tensor latents = generator.sample(noise, text, sampling, sampling.numInferenceSteps());
      golden.assertClose(name + ".final_latents", latents, OUTPUT);
      if (golden.has(name + ".image")) {
        Tensor image = zeroToOne(generator.generate(noise, text, sampling));
        golden.assertClose(name + ".image", image, OUTPUT);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void textsAreThoseOfThePipeline(String name) throws IOException {
    JsonNode json = json(name);
    Sampling sampling = sampling(json);
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(PIPELINES);
        Generator generator = SanaFixtures.generator(SanaFixtures.sprint());
        Conditioning whole = generator.condition(json.path("prompt").asText())) {
      Optional<String> first = golden.names(name + ".prompt_embeds_first").stream().findFirst();
      if (first.isEmpty()) {
        return; // stored for some
      }
      Tensor wanted = golden.tensor(name + ".prompt_embeds_first" + first.get());
      Conditioning text = text(json, whole, sampling);
      Tensor mask = SanaConditioning.reading(text, GuidedText::mask);
      Tensor embeds = SanaConditioning.reading(text, GuidedText::promptEmbeds);
      long both = Math.min(wanted.size(1), embeds.size(1));
      assertClose(name + " text", wanted.narrow(1, 0, both), embeds.narrow(1, 0, both), EMBEDS);
      Tensor shown = golden.tensor(name + ".encoder_attention_mask");
      assertEquals(shown.sum().item_double(), mask.sum().item_double());
    }
  }

  private static Conditioning text(JsonNode json, Conditioning whole, Sampling sampling) {
    boolean plain = json.path("complex_human_instruction").isNull();
    return plain ? whole.forTraining(sampling.withShift(Sampling.Shift.STATIC)) : whole;
  }

  private static ScmTimesteps timesteps(JsonNode json) {
    JsonNode intermediate = json.path("intermediate_timesteps");
    return new ScmTimesteps(
        json.path("num_inference_steps").asInt(),
        null,
        json.path("max_timesteps").asDouble(),
        intermediate.isNull() ? null : intermediate.asDouble());
  }

  private static Sampling sampling(JsonNode json) {
    return new Sampling(
        new ImageSize(json.path("height").asInt(), json.path("width").asInt()),
        json.path("num_inference_steps").asInt(),
        json.path("guidance_scale").asDouble(),
        Sampling.Shift.PUBLISHED);
  }
}
