package dev.dualprocess.flow;

import static dev.dualprocess.testing.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.tensor.Memory;
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

/** Noise levels and inference steps against diffusers' DPMSolverMultistepScheduler. */
class DpmSolverMultistepParityTest {
  private static final String SCHEDULERS = "schedulers/schedulers";
  private static final double LEVELS = 1e-6;
  private static final double TRAJECTORY = 2e-6;

  static List<JsonNode> cases() {
    List<JsonNode> cases = new ArrayList<>();
    Fixtures.json(SCHEDULERS + ".json").path("dpm").forEach(cases::add);
    assertTrue(!cases.isEmpty(), "no cases");
    return cases;
  }

  /** The scheduler of the golden pipeline, whose file contains the bare token -Infinity. */
  private static ConfigFile published() throws IOException {
    String pipeline = Fixtures.json("text_encoders/gemma2_sana.json").path("checkpoint").asText();
    return ConfigFile.read(Fixtures.path(pipeline).resolve("scheduler/scheduler_config.json"));
  }

  /** The published config with what the case changes. */
  private static DpmSolverConfig config(JsonNode change) throws IOException {
    ConfigFile published = published();
    ObjectNode changed = published.root().deepCopy();
    change.properties().forEach(field -> changed.set(field.getKey(), field.getValue()));
    return new ConfigFile(published.path(), changed).as(DpmSolverConfig.class);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void levelsAndSteps(JsonNode json) throws IOException {
    String key = json.path("key").asText();
    int steps = json.path("N").asInt();
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(SCHEDULERS);
        DpmSolverMultistep sampler = new DpmSolverMultistep(config(json), steps)) {
      assertEquals(steps, sampler.steps());
      assertLevels(golden, key, sampler);
      Tensor wanted = golden.tensor(key + ".trajectory");
      Tensor x = wanted.select(0, 0);
      for (int i = 0; i < steps; i++) {
        int step = i;
        Tensor before = x;
        x = Memory.scoped(() -> sampler.step(model(before, step), step, before));
        assertClose(key + " step " + i, wanted.select(0, i + 1L), x, TRAJECTORY);
      }
    }
  }

  /** The synthetic model of the golden data: v(x, i) = 0.3 x + 0.2 sin(i + 1) + 0.1 cos x. */
  private static Tensor model(Tensor x, int i) {
    return Ops.add(Ops.mul(x, 0.3), 0.2 * Math.sin(i + 1.0)).add(Ops.mul(x.cos(), 0.1));
  }

  private static void assertLevels(Golden golden, String key, FlowSampler sampler) {
    float[] sigmas = Ops.toFloats(golden.tensor(key + ".sigmas"));
    float[] timesteps = Ops.toFloats(golden.tensor(key + ".timesteps"));
    assertEquals(sigmas.length, sampler.steps() + 1);
    assertEquals(timesteps.length, sampler.steps());
    for (int i = 0; i < sigmas.length; i++) {
      assertEquals(sigmas[i], sampler.sigma(i), LEVELS * sigmas[i], key + " sigma " + i);
    }
    for (int i = 0; i < timesteps.length; i++) {
      assertEquals(timesteps[i], sampler.timestep(i), LEVELS * timesteps[i], key + " step " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void timestepsAreTheSameWholeNumbers(JsonNode json) throws IOException {
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(SCHEDULERS);
        FlowSampler sampler = new DpmSolverMultistep(config(json), json.path("N").asInt())) {
      long[] wanted = Ops.toLongs(golden.tensor(json.path("key").asText() + ".timesteps"));
      for (int i = 0; i < wanted.length; i++) {
        assertEquals(
            (double) wanted[i], sampler.timestep(i), json.path("key").asText() + " step " + i);
      }
    }
  }

  /** The training loop's scheduler: flow_shift is lost on the way. */
  @ParameterizedTest
  @ValueSource(strings = {"N20_num_inference_steps", "N20_train_sigmas"})
  void flowMatchEulerFromThisConfig(String mode) throws IOException {
    FlowMatchEulerConfig config = published().as(DpmSolverConfig.class).flowMatchEuler();
    JsonNode told = Fixtures.json(SCHEDULERS + ".json").path("flow_match_from_dpm_config");
    assertEquals(told.path("shift").asDouble(), config.shift());
    assertEquals(told.path("use_dynamic_shifting").asBoolean(), config.useDynamicShifting());
    FlowMatchEulerSchedule schedules = new FlowMatchEulerSchedule(config);
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(SCHEDULERS)) {
      String key = "fm_from_dpm." + mode;
      int steps = Math.toIntExact(golden.tensor(key + ".timesteps").size(0));
      FlowSchedule schedule =
          mode.endsWith("train_sigmas")
              ? schedules.pipeline(steps, 0)
              : schedules.setTimesteps(steps, 0);
      assertLevels(golden, key, new EulerSampler(schedule));
    }
  }

  @Test
  void thePublishedFileReadAsFlowMatchEulerSaysTheSame() throws IOException {
    ConfigFile file = published();
    assertEquals(
        file.as(FlowMatchEulerConfig.class), file.as(DpmSolverConfig.class).flowMatchEuler());
    assertEquals(Path.of("scheduler_config.json"), file.path().getFileName());
  }
}
