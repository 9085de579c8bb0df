package dev.dualprocess.flow;

import com.google.common.base.MoreObjects;
import dev.dualprocess.config.Counts;
import dev.dualprocess.config.Reals;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler_config.json of a flow-match Euler scheduler. A field that is absent has the value
 * diffusers documents for it.
 *
 * @param numTrainTimesteps factor from σ to a timestep (1000)
 * @param shift fixed time shift, above 0 (1)
 * @param useDynamicShifting whether the shift follows the image's size instead (false)
 * @param baseShift μ at {@code baseImageSeqLen} tokens (0.5)
 * @param maxShift μ at {@code maxImageSeqLen} tokens (1.15)
 * @param baseImageSeqLen tokens of a small image (256)
 * @param maxImageSeqLen tokens of a large image (4096)
 * @param shiftTerminal σ of the last step, or null for none
 * @param timeShiftType {@code exponential} or {@code linear} (exponential)
 * @param invertSigmas must be false
 * @param useKarrasSigmas must be false
 * @param useExponentialSigmas must be false
 * @param useBetaSigmas must be false
 * @param stochasticSampling must be false
 */
public record FlowMatchEulerConfig(
    Integer numTrainTimesteps,
    Double shift,
    Boolean useDynamicShifting,
    Double baseShift,
    Double maxShift,
    Integer baseImageSeqLen,
    Integer maxImageSeqLen,
    @Nullable Double shiftTerminal,
    String timeShiftType,
    Boolean invertSigmas,
    Boolean useKarrasSigmas,
    Boolean useExponentialSigmas,
    Boolean useBetaSigmas,
    Boolean stochasticSampling) {
  private static final double LEAST_SHIFT = 1e-4;
  private static final double MOST_SHIFT = 1e4;
  private static final double MOST_LOG_SHIFT = 10;
  private static final double MOST_TERMINAL = 0.999;

  /** Fills in what is absent and refuses what is not supported. */
  public FlowMatchEulerConfig {
    numTrainTimesteps = MoreObjects.firstNonNull(numTrainTimesteps, 1000);
    shift = MoreObjects.firstNonNull(shift, 1.0);
    useDynamicShifting = MoreObjects.firstNonNull(useDynamicShifting, false);
    baseShift = MoreObjects.firstNonNull(baseShift, 0.5);
    maxShift = MoreObjects.firstNonNull(maxShift, 1.15);
    baseImageSeqLen = MoreObjects.firstNonNull(baseImageSeqLen, 256);
    maxImageSeqLen = MoreObjects.firstNonNull(maxImageSeqLen, 4096);
    timeShiftType = MoreObjects.firstNonNull(timeShiftType, "exponential");
    if (!timeShiftType.equals("exponential") && !timeShiftType.equals("linear")) {
      throw new IllegalArgumentException(
          "time_shift_type is '" + timeShiftType + "'; supported are exponential and linear");
    }
    if (numTrainTimesteps < 1 || !(shift > 0)) {
      throw new IllegalArgumentException(
          "num_train_timesteps %d must be at least 1 and shift %s above 0"
              .formatted(numTrainTimesteps, shift));
    }
    Counts.requirePositive("base_image_seq_len", baseImageSeqLen);
    Counts.requirePositive("max_image_seq_len", maxImageSeqLen);
    Reals.requireWithin("shift", shift, LEAST_SHIFT, MOST_SHIFT);
    Reals.requireWithin("base_shift", baseShift, -MOST_LOG_SHIFT, MOST_LOG_SHIFT);
    Reals.requireWithin("max_shift", maxShift, -MOST_LOG_SHIFT, MOST_LOG_SHIFT);
    if (shiftTerminal != null) {
      Reals.requireWithin("shift_terminal", shiftTerminal, 0, MOST_TERMINAL);
    }
    if (maxImageSeqLen.equals(baseImageSeqLen)) {
      throw new IllegalArgumentException(
          "base_image_seq_len and max_image_seq_len are both " + baseImageSeqLen);
    }
    refuse("invert_sigmas", invertSigmas);
    refuse("use_karras_sigmas", useKarrasSigmas);
    refuse("use_exponential_sigmas", useExponentialSigmas);
    refuse("use_beta_sigmas", useBetaSigmas);
    refuse("stochastic_sampling", stochasticSampling);
    invertSigmas = false;
    useKarrasSigmas = false;
    useExponentialSigmas = false;
    useBetaSigmas = false;
    stochasticSampling = false;
  }

  private static void refuse(String field, Boolean value) {
    if (Boolean.TRUE.equals(value)) {
      throw new IllegalArgumentException(
          "the scheduler sets " + field + ", which is not supported; set it to false");
    }
  }

  /** A fixed shift, everything else as documented. */
  @SuppressWarnings("NullAway") // the constructor fills in what is absent
  public static FlowMatchEulerConfig ofShift(double shift) {
    return new FlowMatchEulerConfig(
        null, shift, null, null, null, null, null, null, null, null, null, null, null, null);
  }

  /** This scheduler with dynamic shifting off: the fixed shift holds for every size. */
  public FlowMatchEulerConfig withStaticShift() {
    return new FlowMatchEulerConfig(
        numTrainTimesteps,
        shift,
        false,
        baseShift,
        maxShift,
        baseImageSeqLen,
        maxImageSeqLen,
        shiftTerminal,
        timeShiftType,
        invertSigmas,
        useKarrasSigmas,
        useExponentialSigmas,
        useBetaSigmas,
        stochasticSampling);
  }
}
