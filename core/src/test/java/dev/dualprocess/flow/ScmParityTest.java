package dev.dualprocess.flow;

import static dev.dualprocess.testing.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Angles, levels and steps against diffusers' SCMScheduler. */
class ScmParityTest {
  private static final String SCHEDULER = "sana_sprint/scheduler";
  private static final double LEVELS = 1e-6;
  private static final double STEPS = 2e-6;

  static List<JsonNode> cases() {
    return all("cases");
  }

  static List<JsonNode> errors() {
    return all("errors");
  }

  private static List<JsonNode> all(String which) {
    List<JsonNode> cases = new ArrayList<>();
    Fixtures.json(SCHEDULER + ".json").path(which).forEach(cases::add);
    assertTrue(!cases.isEmpty(), "no " + which);
    return cases;
  }

  private static ScmConfig config() throws IOException {
    JsonNode config = Fixtures.json(SCHEDULER + ".json").path("config");
    return new ConfigFile(Fixtures.path(SCHEDULER + ".json"), (ObjectNode) config)
        .as(ScmConfig.class);
  }

  /** What is not among the arguments has the scheduler's default. */
  private static ScmTimesteps timesteps(JsonNode json) {
    JsonNode arguments = json.path("arguments");
    List<Double> given = null;
    if (arguments.path("timesteps").isArray()) {
      given = new ArrayList<>();
      for (JsonNode angle : arguments.path("timesteps")) {
        given.add(angle.asDouble());
      }
    }
    return new ScmTimesteps(
        json.path("num_inference_steps").asInt(),
        given,
        number(arguments, "max_timesteps", ScmTimesteps.MAX),
        number(arguments, "intermediate_timesteps", ScmTimesteps.INTERMEDIATE));
  }

  private static @Nullable Double number(JsonNode arguments, String field, double absent) {
    if (arguments.path(field).isNull()) {
      return null;
    }
    return arguments.has(field) ? arguments.path(field).asDouble() : absent;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anglesAndLevels(JsonNode json) throws IOException {
    String key = json.path("key").asText() + ".";
    ScmTimesteps asked = timesteps(json);
    FlowSchedule schedule = asked.schedule(config());
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(SCHEDULER)) {
      float[] angles = asked.angles();
      int steps = schedule.steps();
      assertEquals(json.path("num_inference_steps").asInt(), steps);
      golden.assertClose(key + "timesteps", Ops.floats(angles, steps + 1), LEVELS);
      golden.assertClose(key + "scm_timesteps", Ops.floats(schedule.timesteps(), steps), LEVELS);
      float[] scales = new float[steps];
      for (int i = 0; i < steps; i++) {
        assertEquals(schedule.timestep(i), schedule.sigma(i));
        scales[i] = (float) TrigFlow.scale(angles[i]);
      }
      golden.assertClose(key + "input_scales", Ops.floats(scales, steps), LEVELS);
    }
  }

  /** The pipeline's states, one by one: y = c z/σ_d before a step and after it. */
  @ParameterizedTest
  @MethodSource("cases")
  void steps(JsonNode json) throws IOException {
    String key = json.path("key").asText() + ".";
    ScmTimesteps asked = timesteps(json);
    float[] angles = asked.angles();
    ScmConfig config = config();
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(SCHEDULER)) {
      Tensor states = golden.tensor(key + "trajectory");
      Tensor noise = golden.tensor(key + "noise");
      StepNoise given = (i, sample) -> noise.select(0, i);
      ConsistencySampler sampler = new ConsistencySampler(asked.schedule(config), given);
      Tensor y = onTheLine(states.select(0, 0), angles[0], config);
      for (int i = 0; i < sampler.steps(); i++) {
        Tensor f = model(states.select(0, i), i);
        Tensor velocity = velocity(f, y, sampler.sigma(i), angles[i], config);
        Tensor x0 = Flow.cleanEstimate(y, velocity, sampler.sigma(i));
        Tensor clean =
            Ops.mul(golden.tensor(key + "pred_original").select(0, i), 1 / config.sigmaData());
        assertClose(key + "clean estimate " + i, clean, x0, STEPS);
        y = sampler.step(velocity, i, y);
        Tensor wanted = onTheLine(states.select(0, i + 1L), angles[i + 1], config);
        assertClose(key + "step " + i, wanted, y, STEPS);
      }
    }
  }

  private static Tensor onTheLine(Tensor z, double angle, ScmConfig config) {
    return Ops.mul(z, TrigFlow.scale(angle) / config.sigmaData());
  }

  /** The synthetic model of the golden data, F(z, i) = 0.5 z cos(i + 1) + 0.1. */
  private static Tensor model(Tensor z, int i) {
    return Ops.add(Ops.mul(z, 0.5 * Math.cos(i + 1.0)), 0.1);
  }

  /** û of which the pipeline would make F = σ_d ((1-2s) y + (1-2s+2s²) û) / c. */
  private static Tensor velocity(Tensor f, Tensor y, double s, double angle, ScmConfig config) {
    Tensor scaled = Ops.mul(f, TrigFlow.scale(angle) / config.sigmaData());
    return Ops.mul(scaled.sub(Ops.mul(y, 1 - 2 * s)), 1 / (1 - 2 * s + 2 * s * s));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void whatTheSchedulerRefusesIsRefused(JsonNode json) {
    assertThrows(IllegalArgumentException.class, () -> timesteps(json));
  }
}
