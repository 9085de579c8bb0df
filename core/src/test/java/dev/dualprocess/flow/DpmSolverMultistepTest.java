package dev.dualprocess.flow;

import static dev.dualprocess.testing.Golden.relativeError;
import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.io.IOException;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** What holds for every order, and what is refused. */
class DpmSolverMultistepTest {
  private static ObjectNode flow() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("prediction_type", "flow_prediction")
        .put("use_flow_sigmas", true);
  }

  private static DpmSolverConfig config(ObjectNode json) throws IOException {
    return new ConfigFile(Path.of("scheduler_config.json"), json).as(DpmSolverConfig.class);
  }

  private static DpmSolverConfig config(int order, boolean heun, double shift) {
    ObjectNode json = flow().put("solver_order", order).put("flow_shift", shift);
    try {
      return config(json.put("solver_type", heun ? "heun" : "midpoint"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Along the true velocity every estimate is the image, so that every order ends there. */
  @Property(tries = 60)
  void alongTheTrueVelocityEveryOrderEndsAtTheImage(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3) int order,
      @ForAll boolean heun,
      @ForAll @DoubleRange(min = 0.5, max = 8) @Scale(3) double shift,
      @ForAll @IntRange(min = 1, max = 24) int steps) {
    try (PointerScope scope = new PointerScope();
        FlowSampler sampler = new DpmSolverMultistep(config(order, heun, shift), steps)) {
      Tensor x0 = Noise.randn(seed, 2, 3);
      Tensor eps = Noise.randn(seed + 1, 2, 3);
      Tensor z = Flow.interpolate(x0, eps, sampler.sigma(0));
      for (int i = 0; i < steps; i++) {
        z = sampler.step(eps.sub(x0), i, z);
        Tensor line = Flow.interpolate(x0, eps, sampler.sigma(i + 1));
        assertTrue(relativeError(line, z) < 5e-6, "step " + i + " leaves the line");
      }
      assertTrue(relativeError(x0, z) < 5e-6);
    }
  }

  @Property(tries = 30)
  void firstOrderIsEuler(
      @ForAll long seed,
      @ForAll @DoubleRange(min = 0.5, max = 8) @Scale(3) double shift,
      @ForAll @IntRange(min = 1, max = 20) int steps) {
    try (PointerScope scope = new PointerScope();
        FlowSampler sampler = new DpmSolverMultistep(config(1, false, shift), steps)) {
      float[] sigmas = new float[steps + 1];
      for (int i = 0; i <= steps; i++) {
        sigmas[i] = sampler.sigma(i);
      }
      FlowSampler euler = new EulerSampler(new FlowSchedule(sigmas, 1000));
      assertEquals(sampler.steps(), euler.steps());
      Tensor z = Noise.randn(seed, 5);
      Tensor wanted = z;
      for (int i = 0; i < steps; i++) {
        z = sampler.step(z.sin(), i, z);
        wanted = euler.step(wanted.sin(), i, wanted);
        assertEquals(euler.timestep(i), sampler.timestep(i), 1, "the whole number below");
      }
      assertTrue(relativeError(wanted, z) < 2e-5);
    }
  }

  @Test
  void sigmaMinEndsAtTheFirstLevelOfTheNoiseSchedule() throws IOException {
    DpmSolverConfig config = config(flow().put("final_sigmas_type", "sigma_min"));
    try (FlowSampler sampler = new DpmSolverMultistep(config, 3)) {
      // β = 1e-4: √((1 - ᾱ)/ᾱ), ᾱ = 1 - β
      assertEquals(0.0100005, sampler.sigma(3), 1e-5);
    }
    assertRefused(
        IOException.class,
        () ->
            config(
                flow()
                    .put("final_sigmas_type", "sigma_min")
                    .put("beta_schedule", "squaredcos_cap_v2")),
        "scheduler_config.json",
        "beta_schedule is 'squaredcos_cap_v2'",
        "scaled_linear");
  }

  @Test
  void aStepIsTakenInSinglePrecisionAndGivenBackInTheLatentsType() throws IOException {
    try (PointerScope scope = new PointerScope();
        FlowSampler sampler = new DpmSolverMultistep(config(flow()), 2)) {
      Tensor z = Noise.randn(3, 4).to(ScalarType.BFloat16);
      assertEquals(Dtype.BFLOAT16, Dtype.of(sampler.step(z, 0, z)));
    }
  }

  @Test
  void aRunLeavesNothingBehind() throws IOException {
    DpmSolverConfig config = config(flow().put("solver_order", 3));
    run(config);
    long before = Pointer.totalCount();
    for (int i = 0; i < 5; i++) {
      run(config);
    }
    assertTrue(Pointer.totalCount() <= before, () -> Pointer.totalCount() + " after " + before);
  }

  private static void run(DpmSolverConfig config) {
    try (PointerScope scope = new PointerScope();
        FlowSampler sampler = new DpmSolverMultistep(config, 20)) {
      Tensor x = Noise.randn(5, 8);
      for (int i = 0; i < sampler.steps(); i++) {
        int step = i;
        Tensor z = x;
        // What is remembered outlives the step's own scope.
        x = Memory.scoped(() -> sampler.step(Ops.mul(z, 0.5), step, z));
      }
    }
  }

  @Test
  void stepsAreTakenInTurn() throws IOException {
    try (PointerScope scope = new PointerScope();
        FlowSampler sampler = new DpmSolverMultistep(config(flow()), 4)) {
      Tensor z = Noise.randn(5, 8);
      assertRefused(
          IllegalArgumentException.class, () -> sampler.step(z, 4, z), "step 4", "0 to 3");
      assertRefused(IllegalArgumentException.class, () -> sampler.step(z, -1, z), "step -1");
      sampler.step(z, 0, z);
      assertRefused(
          IllegalStateException.class,
          () -> sampler.step(z, 0, z),
          "step 0 does not follow step 0",
          "a sampler of its own");
      assertRefused(
          IllegalStateException.class,
          () -> sampler.step(z, 2, z),
          "step 2 does not follow step 0");
      sampler.step(z, 1, z);
    }
    DpmSolverConfig config = config(flow());
    assertRefused(
        IllegalArgumentException.class,
        () -> new DpmSolverMultistep(config, 0),
        "inference steps",
        "0");
  }
}
