package dev.dualprocess.sana;

import static dev.dualprocess.testing.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.Flow;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.flow.TrigFlow;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.spi.FlowGenerator;
import dev.dualprocess.spi.FlowModel;
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

/**
 * Clean estimates and their gradients, by the pipeline's formulas on diffusers and by eq. 5 here.
 */
class SprintCleanEstimateParityTest {
  private static final String X0 = "sana_sprint/x0";
  private static final double OUTPUT = Parity.sensitive(2e-4, 6e-2);
  private static final double GRADIENT = Parity.sensitive(1e-3, 0.3);
  private static final double SCHEDULE = 1e-6;

  static List<JsonNode> cases() {
    List<JsonNode> cases = new ArrayList<>();
    Fixtures.json(X0 + ".json").path("cases").forEach(cases::add);
    assertTrue(!cases.isEmpty(), "no cases");
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void estimatesAndTheirGradients(JsonNode json) throws IOException {
    String which = json.path("key").asText() + ".";
    Sampling sampling = sampling(json);
    int step = json.path("step").asInt();
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(X0);
        Generator generator = SanaFixtures.generator(SanaFixtures.sprint());
        Conditioning whole =
            generator.condition(Fixtures.json(X0 + ".json").path("prompt").asText())) {
      FlowModel model = ((FlowGenerator) generator).model();
      double sigmaData = SanaFixtures.scheduler(generator).sigmaData();
      FlowSchedule schedule = generator.trainingSchedule(sampling);
      golden.assertClose(
          which + "scm_timestep", Ops.floats(new float[] {schedule.timestep(step)}, 1), SCHEDULE);
      double scale = TrigFlow.scale(json.path("t").asDouble()) / sigmaData;
      Tensor z = Ops.leaf(golden.tensor(which + "latents"));
      Tensor y = Ops.mul(z, scale);
      golden.assertClose(which + "model_input", y, SCHEDULE);
      Conditioning text = whole.forTraining(sampling);
      Tensor velocity = model.velocity(y, schedule.timestep(step), text, sampling);
      golden.assertClose(which + "transformer_output", velocity, OUTPUT);
      Tensor x0 = Flow.cleanEstimate(y, velocity, schedule.sigma(step));
      golden.assertClose(which + "x0", x0, OUTPUT);
      golden.assertClose(which + "denoised", Ops.mul(x0, sigmaData), OUTPUT);
      Ops.backward(x0, golden.tensor(which + "R"));
      assertGradient(golden, which + "grad_latents", z.grad());
      if (golden.has(which + "image")) {
        assertDraft(golden, which, generator, Ops.leaf(y.detach()), scale, step, text, sampling);
      }
    }
  }

  /** The way that training takes. */
  private static void assertDraft(
      Golden golden,
      String which,
      Generator generator,
      Tensor y,
      double scale,
      int step,
      Conditioning text,
      Sampling sampling) {
    try (Draft draft = generator.draft(y, step, text, sampling)) {
      golden.assertClose(which + "image", draft.image(), OUTPUT);
      draft.backward(golden.tensor(which + "R_image"));
      assertGradient(golden, which + "grad_latents_from_image", Ops.mul(y.grad(), scale));
    }
  }

  private static void assertGradient(Golden golden, String name, Tensor actual) {
    golden.assertClose(name, actual, GRADIENT);
    double largest = golden.tensor(name).abs().max().item_double();
    double off = Golden.largestDifference(golden.tensor(name), actual);
    assertTrue(off <= GRADIENT * largest, () -> name + ": off by up to " + off);
  }

  private static Sampling sampling(JsonNode json) {
    return new Sampling(
        new ImageSize(json.path("height").asInt(), json.path("width").asInt()),
        json.path("num_inference_steps").asInt(),
        Fixtures.json(X0 + ".json").path("guidance_scale").asDouble(),
        Sampling.Shift.STATIC);
  }

  /** What each step starts from is what the step before leads to, with the noise that is stored. */
  @ParameterizedTest
  @MethodSource("cases")
  void statesFollowOneAnother(JsonNode json) throws IOException {
    String next = json.path("key").asText();
    int step = json.path("step").asInt();
    if (step == 0) {
      return; // starts from noise
    }
    String before = next.substring(0, next.lastIndexOf('i')) + "i" + (step - 1) + ".";
    double t = json.path("t").asDouble();
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(X0);
        Generator generator = SanaFixtures.generator(SanaFixtures.sprint())) {
      double sigmaData = SanaFixtures.scheduler(generator).sigmaData();
      Tensor x0 = golden.tensor(before + "x0");
      Tensor y = Flow.interpolate(x0, golden.tensor(before + "noise"), TrigFlow.sigma(t));
      Tensor z = Ops.mul(y, sigmaData / TrigFlow.scale(t));
      assertClose(next, golden.tensor(next + ".latents"), z, 1e-6);
      assertArrayEquals(golden.tensor(next + ".latents").shape(), z.shape());
      assertEquals(t, golden.tensor(next + ".t").item_double(), SCHEDULE);
    }
  }
}
