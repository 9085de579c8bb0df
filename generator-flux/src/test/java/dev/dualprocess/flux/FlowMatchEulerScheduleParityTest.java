package dev.dualprocess.flux;

import static dev.dualprocess.testing.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.flow.Flow;
import dev.dualprocess.flow.FlowMatchEulerConfig;
import dev.dualprocess.flow.FlowMatchEulerSchedule;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Noise levels, noising and inference steps against diffusers' FlowMatchEulerDiscreteScheduler. */
class FlowMatchEulerScheduleParityTest {
  private static final String SCHEDULERS = "schedulers/schedulers";
  private static final double TOLERANCE = 1e-6;

  static List<JsonNode> cases() {
    List<JsonNode> cases = new ArrayList<>();
    Fixtures.json(SCHEDULERS + ".json").path("flow_match").forEach(cases::add);
    assertTrue(!cases.isEmpty(), "no cases");
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void levelsAndSteps(JsonNode json) throws IOException {
    FlowMatchEulerSchedule schedules = new FlowMatchEulerSchedule(config(json));
    long tokens = json.path("image_seq_len").asLong();
    int steps = json.path("N").asInt();
    FlowSchedule schedule =
        json.path("mode").asText().equals("pipeline_sigmas")
            ? schedules.pipeline(steps, tokens)
            : schedules.setTimesteps(steps, tokens);
    if (json.path("mu").isNumber()) {
      assertEquals(json.path("mu").asDouble(), schedules.mu(tokens), 1e-12);
    }
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(SCHEDULERS)) {
      String key = json.path("key").asText();
      float[] sigmas = Ops.toFloats(golden.tensor(key + ".sigmas"));
      float[] timesteps = Ops.toFloats(golden.tensor(key + ".timesteps"));
      assertEquals(sigmas.length, schedule.steps() + 1);
      for (int i = 0; i < steps; i++) {
        assertEquals(sigmas[i], schedule.sigma(i), TOLERANCE * sigmas[i], key + " sigma " + i);
        assertEquals(timesteps[i], schedule.timestep(i), TOLERANCE * timesteps[i], key);
      }
      assertEquals(0f, schedule.sigma(steps));
      if (json.path("trajectory").asBoolean()) {
        assertTrajectory(golden, key, schedule);
        // The golden data noises at the pipeline's levels in both modes.
        assertNoising(
            golden,
            key,
            schedules.pipeline(steps, tokens),
            json.path("scale_noise_timestep_indices"));
      }
    }
  }

  /** The synthetic model of the golden data: v(x, i) = 0.3 x + 0.2 sin(i + 1) + 0.1 cos x. */
  private static void assertTrajectory(Golden golden, String key, FlowSchedule schedule) {
    Tensor wanted = golden.tensor(key + ".trajectory");
    Tensor x = wanted.select(0, 0);
    for (int i = 0; i < schedule.steps(); i++) {
      Tensor v = Ops.add(Ops.mul(x, 0.3), 0.2 * Math.sin(i + 1.0)).add(Ops.mul(x.cos(), 0.1));
      x = Flow.step(x, v, schedule.sigma(i), schedule.sigma(i + 1));
      assertClose(key + " step " + i, wanted.select(0, i + 1L), x, TOLERANCE);
    }
  }

  private static void assertNoising(
      Golden golden, String key, FlowSchedule schedule, JsonNode indices) {
    String which = key + ".scale_noise.";
    assertTrue(indices.size() > 0, "no timesteps");
    for (int row = 0; row < indices.size(); row++) {
      Tensor noised =
          Flow.interpolate(
              golden.tensor(which + "sample").select(0, row),
              golden.tensor(which + "noise").select(0, row),
              schedule.sigma(indices.path(row).asInt()));
      assertClose(which + row, golden.tensor(which + "output").select(0, row), noised, TOLERANCE);
    }
  }

  private static FlowMatchEulerConfig config(JsonNode json) throws IOException {
    return new ConfigFile(Path.of("scheduler_config.json"), json).as(FlowMatchEulerConfig.class);
  }

  @Test
  void linearTimeShiftUsesMuItself() throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("use_dynamic_shifting", true).put("time_shift_type", "linear");
    FlowMatchEulerSchedule schedules = new FlowMatchEulerSchedule(config(json));
    FlowSchedule schedule = schedules.pipeline(4, 4096); // mu = 1.15
    assertEquals(1.15 / (1.15 + (1 / 0.75 - 1)), schedule.sigma(1), TOLERANCE);
    assertEquals(1.15 / (1.15 + (1 / 0.25 - 1)), schedule.sigma(3), TOLERANCE);
  }

  @Test
  void terminalShiftEndsWhereItSays() throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("shift", 3.0).put("shift_terminal", 0.1);
    FlowSchedule schedule = new FlowMatchEulerSchedule(config(json)).pipeline(4, 0);
    // 1, 0.9, 0.75, 0.5 before: the distances from 1 grow by 0.9 / 0.5.
    assertEquals(1, schedule.sigma(0), TOLERANCE);
    assertEquals(0.82, schedule.sigma(1), TOLERANCE);
    assertEquals(0.55, schedule.sigma(2), TOLERANCE);
    assertEquals(0.1, schedule.sigma(3), TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "use_karras_sigmas",
        "use_exponential_sigmas",
        "use_beta_sigmas",
        "invert_sigmas",
        "stochastic_sampling"
      })
  void whatIsNotSupportedIsRefusedByName(String field) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put(field, true);
    IOException refusal = assertThrows(IOException.class, () -> config(json));
    assertEquals(
        "scheduler_config.json: the scheduler sets "
            + field
            + ", which is not supported; set it to false",
        refusal.getMessage());
  }

  @Test
  void oneStepCannotEndAtATerminalShift() throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("shift_terminal", 0.1);
    FlowMatchEulerSchedule schedules = new FlowMatchEulerSchedule(config(json));
    assertThrows(IllegalArgumentException.class, () -> schedules.pipeline(1, 0));
    assertThrows(IllegalArgumentException.class, () -> schedules.pipeline(0, 0));
  }
}
