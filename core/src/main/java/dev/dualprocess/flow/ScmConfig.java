package dev.dualprocess.flow;

import com.google.common.base.MoreObjects;
import dev.dualprocess.config.Reals;

/**
 * The scheduler_config.json of a consistency model's scheduler. A field that is absent has the
 * value diffusers documents for it.
 *
 * @param numTrainTimesteps the most inference steps there may be (1000)
 * @param predictionType must be {@code trigflow} (trigflow)
 * @param sigmaData σ_d, standard deviation of the data (0.5); {@link TrigFlow} has it cancel out
 */
public record ScmConfig(Integer numTrainTimesteps, String predictionType, Double sigmaData) {
  private static final String TRIGFLOW = "trigflow";
  private static final int MOST_TIMESTEPS = 1_000_000;

  /** Fills in what is absent and refuses what is not supported. */
  public ScmConfig {
    numTrainTimesteps = MoreObjects.firstNonNull(numTrainTimesteps, 1000);
    predictionType = MoreObjects.firstNonNull(predictionType, TRIGFLOW);
    sigmaData = MoreObjects.firstNonNull(sigmaData, 0.5);
    if (!predictionType.equals(TRIGFLOW)) {
      throw new IllegalArgumentException(
          "prediction_type is '%s'; supported: %s".formatted(predictionType, TRIGFLOW));
    }
    Reals.requireWithin("num_train_timesteps", numTrainTimesteps, 1, MOST_TIMESTEPS);
    Reals.requirePositive("sigma_data", sigmaData);
  }
}
