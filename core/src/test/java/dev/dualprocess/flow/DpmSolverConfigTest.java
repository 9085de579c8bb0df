package dev.dualprocess.flow;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a DPM-Solver++ file may ask for. */
class DpmSolverConfigTest {
  private static DpmSolverConfig config(Consumer<ObjectNode> change) throws IOException {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("prediction_type", "flow_prediction")
            .put("use_flow_sigmas", true);
    change.accept(json);
    return new ConfigFile(Path.of("scheduler_config.json"), json).as(DpmSolverConfig.class);
  }

  private static void refused(Consumer<ObjectNode> change, Object... told) {
    assertRefused(IOException.class, () -> config(change), told);
  }

  @Test
  void whatIsAbsentIsAsDocumented() throws IOException {
    DpmSolverConfig config = config(json -> {});
    assertEquals(1000, config.numTrainTimesteps());
    assertEquals(2, config.solverOrder());
    assertEquals("midpoint", config.solverType());
    assertEquals(1.0, config.flowShift());
    assertEquals(true, config.lowerOrderFinal());
    assertEquals(false, config.eulerAtFinal());
    assertEquals("zero", config.finalSigmasType());
    assertEquals(FlowMatchEulerConfig.ofShift(1), config.flowMatchEuler());
    assertEquals(
        500,
        config(json -> json.put("num_train_timesteps", 500)).flowMatchEuler().numTrainTimesteps());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "thresholding",
        "use_karras_sigmas",
        "use_exponential_sigmas",
        "use_beta_sigmas",
        "use_lu_lambdas",
        "use_dynamic_shifting"
      })
  void whatIsNotSupportedIsRefusedByName(String field) {
    refused(
        json -> json.put(field, true),
        "scheduler_config.json: the scheduler sets " + field + ", which is not supported");
  }

  @Test
  void otherSolversAndPredictionsAreRefused() {
    refused(
        json -> json.put("algorithm_type", "sde-dpmsolver++"),
        "algorithm_type is 'sde-dpmsolver++'",
        "supported: dpmsolver++");
    refused(
        json -> json.put("prediction_type", "v_prediction"),
        "prediction_type is 'v_prediction'",
        "flow_prediction");
    refused(json -> json.remove("prediction_type"), "prediction_type is 'epsilon'");
    refused(json -> json.put("solver_type", "bh2"), "solver_type is 'bh2'", "midpoint, heun");
    refused(json -> json.put("final_sigmas_type", "one"), "final_sigmas_type is 'one'");
    refused(json -> json.put("use_flow_sigmas", false), "use_flow_sigmas", "true");
    refused(json -> json.putArray("trained_betas").add(0.1), "trained_betas");
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    refused(json -> json.put("solver_order", 4), "solver_order is 4", "1 to 3");
    refused(json -> json.put("solver_order", 0), "solver_order is 0");
    refused(json -> json.put("flow_shift", 0.0), "flow_shift 0.0");
    refused(json -> json.put("num_train_timesteps", 1), "num_train_timesteps 1");
    refused(json -> json.put("beta_start", 1.0), "beta_start 1.0");
  }
}
