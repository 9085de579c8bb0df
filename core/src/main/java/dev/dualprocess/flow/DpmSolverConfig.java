package dev.dualprocess.flow;

import com.google.common.base.MoreObjects;
import dev.dualprocess.config.Reals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler_config.json of a DPM-Solver++ multistep scheduler that samples a flow model. A
 * field that is absent has the value diffusers documents for it.
 *
 * @param numTrainTimesteps factor from σ to a timestep (1000)
 * @param solverOrder how many of the last estimates a step uses, 1 to 3 (2)
 * @param predictionType must be {@code flow_prediction} (epsilon)
 * @param algorithmType must be {@code dpmsolver++} (dpmsolver++)
 * @param solverType of second order steps, {@code midpoint} or {@code heun} (midpoint)
 * @param lowerOrderFinal whether a run of less than 15 steps ends with lower orders (true)
 * @param eulerAtFinal whether the last step is of first order (false)
 * @param useFlowSigmas must be true (false)
 * @param flowShift fixed time shift, above 0 (1)
 * @param finalSigmasType where the last step ends: {@code zero}, or {@code sigma_min}, the first
 *     level of the noise schedule that {@code betaStart} begins (zero)
 * @param betaStart in (0, 1); counts for sigma_min only (0.0001)
 * @param betaSchedule counts for sigma_min only, which needs one that begins at {@code betaStart}:
 *     {@code linear} or {@code scaled_linear} (linear)
 * @param trainedBetas must be absent
 * @param thresholding must be false
 * @param useKarrasSigmas must be false
 * @param useExponentialSigmas must be false
 * @param useBetaSigmas must be false
 * @param useLuLambdas must be false
 * @param useDynamicShifting must be false
 */
public record DpmSolverConfig(
    Integer numTrainTimesteps,
    Integer solverOrder,
    String predictionType,
    String algorithmType,
    String solverType,
    Boolean lowerOrderFinal,
    Boolean eulerAtFinal,
    Boolean useFlowSigmas,
    Double flowShift,
    String finalSigmasType,
    Double betaStart,
    String betaSchedule,
    @Nullable List<Double> trainedBetas,
    Boolean thresholding,
    Boolean useKarrasSigmas,
    Boolean useExponentialSigmas,
    Boolean useBetaSigmas,
    Boolean useLuLambdas,
    Boolean useDynamicShifting) {
  private static final String ZERO = "zero";
  private static final String HEUN = "heun";
  private static final double LEAST_SHIFT = 1e-4;
  private static final double MOST_SHIFT = 1e4;

  /** Fills in what is absent and refuses what is not supported. */
  public DpmSolverConfig {
    numTrainTimesteps = MoreObjects.firstNonNull(numTrainTimesteps, 1000);
    solverOrder = MoreObjects.firstNonNull(solverOrder, 2);
    predictionType = MoreObjects.firstNonNull(predictionType, "epsilon");
    algorithmType = MoreObjects.firstNonNull(algorithmType, "dpmsolver++");
    solverType = MoreObjects.firstNonNull(solverType, "midpoint");
    lowerOrderFinal = MoreObjects.firstNonNull(lowerOrderFinal, true);
    eulerAtFinal = MoreObjects.firstNonNull(eulerAtFinal, false);
    useFlowSigmas = MoreObjects.firstNonNull(useFlowSigmas, false);
    flowShift = MoreObjects.firstNonNull(flowShift, 1.0);
    finalSigmasType = MoreObjects.firstNonNull(finalSigmasType, ZERO);
    betaStart = MoreObjects.firstNonNull(betaStart, 1e-4);
    betaSchedule = MoreObjects.firstNonNull(betaSchedule, "linear");
    requireOneOf("prediction_type", predictionType, List.of("flow_prediction"));
    requireOneOf("algorithm_type", algorithmType, List.of("dpmsolver++"));
    requireOneOf("solver_type", solverType, List.of("midpoint", HEUN));
    requireOneOf("final_sigmas_type", finalSigmasType, List.of(ZERO, "sigma_min"));
    if (!finalSigmasType.equals(ZERO)) {
      requireOneOf("beta_schedule", betaSchedule, List.of("linear", "scaled_linear"));
    }
    if (!useFlowSigmas) {
      throw new IllegalArgumentException(
          "the scheduler does not set use_flow_sigmas; a flow model needs it to be true");
    }
    if (solverOrder < 1 || solverOrder > 3) {
      throw new IllegalArgumentException("solver_order is %d, not 1 to 3".formatted(solverOrder));
    }
    if (numTrainTimesteps < 2 || !(flowShift > 0) || !(betaStart > 0 && betaStart < 1)) {
      throw new IllegalArgumentException(
          "num_train_timesteps %d must be at least 2, flow_shift %s above 0, beta_start %s in (0, 1)"
              .formatted(numTrainTimesteps, flowShift, betaStart));
    }
    Reals.requireWithin("flow_shift", flowShift, LEAST_SHIFT, MOST_SHIFT);
    refuse("trained_betas", trainedBetas != null);
    refuse("thresholding", thresholding);
    refuse("use_karras_sigmas", useKarrasSigmas);
    refuse("use_exponential_sigmas", useExponentialSigmas);
    refuse("use_beta_sigmas", useBetaSigmas);
    refuse("use_lu_lambdas", useLuLambdas);
    refuse("use_dynamic_shifting", useDynamicShifting);
    thresholding = false;
    useKarrasSigmas = false;
    useExponentialSigmas = false;
    useBetaSigmas = false;
    useLuLambdas = false;
    useDynamicShifting = false;
  }

  private static void requireOneOf(String field, String value, List<String> supported) {
    if (!supported.contains(value)) {
      throw new IllegalArgumentException(
          "%s is '%s'; supported: %s".formatted(field, value, String.join(", ", supported)));
    }
  }

  private static void refuse(String field, Boolean value) {
    if (Boolean.TRUE.equals(value)) {
      throw new IllegalArgumentException(
          "the scheduler sets " + field + ", which is not supported; leave it out");
    }
  }

  /** Whether second order steps are Heun's; else they are midpoint steps. */
  boolean heun() {
    return solverType.equals(HEUN);
  }

  /** Whether the last step ends at the image itself. */
  boolean endsAtZero() {
    return finalSigmasType.equals(ZERO);
  }

  /** Where the last step ends: 0, or √((1 - ᾱ)/ᾱ), ᾱ = 1 - betaStart, in fp32 as in diffusers. */
  float finalSigma() {
    if (endsAtZero()) {
      return 0;
    }
    float alpha = 1 - betaStart.floatValue();
    return (float) Math.sqrt((1 - alpha) / alpha);
  }

  /**
   * The flow-match Euler scheduler that diffusers derives from this file: fields of the same name
   * are taken over, and {@code flow_shift} is not one of them, so its shift is 1.
   */
  @SuppressWarnings("NullAway") // that record fills in what is absent
  public FlowMatchEulerConfig flowMatchEuler() {
    return new FlowMatchEulerConfig(
        numTrainTimesteps,
        1.0,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}
