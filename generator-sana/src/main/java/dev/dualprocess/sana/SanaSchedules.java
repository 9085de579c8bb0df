package dev.dualprocess.sana;

import dev.dualprocess.Sampling;
import dev.dualprocess.flow.DpmSolverConfig;
import dev.dualprocess.flow.DpmSolverMultistep;
import dev.dualprocess.flow.EulerSampler;
import dev.dualprocess.flow.FlowMatchEulerSchedule;
import dev.dualprocess.flow.FlowSampler;
import dev.dualprocess.flow.FlowSchedule;

/**
 * Where Sana is sampled and trained.
 *
 * <p>As published, it is sampled by DPM-Solver++ and trained at the same noise levels. The authors
 * sample by Euler's method without a shift, with σ from 1 to 0.001, and train at σ from 1 to 1/N:
 * after i steps a latent is not quite at the level it is trained at.
 *
 * @param config the scheduler's file
 */
record SanaSchedules(DpmSolverConfig config) {
  private static final long ANY_LENGTH = 0; // counts for dynamic shifting only

  /** What draws an image, at its first step; the caller closes it. */
  FlowSampler sampler(Sampling sampling) {
    int steps = sampling.numInferenceSteps();
    return sampling.shift() == Sampling.Shift.STATIC
        ? new EulerSampler(euler().setTimesteps(steps, ANY_LENGTH))
        : new DpmSolverMultistep(config, steps);
  }

  /** The noise levels that drawing an image visits. */
  FlowSchedule sampled(Sampling sampling) {
    try (FlowSampler sampler = sampler(sampling)) {
      float[] sigmas = new float[sampler.steps() + 1];
      float[] timesteps = new float[sampler.steps()];
      for (int i = 0; i < timesteps.length; i++) {
        sigmas[i] = sampler.sigma(i);
        timesteps[i] = sampler.timestep(i);
      }
      sigmas[timesteps.length] = sampler.sigma(timesteps.length);
      return new FlowSchedule(sigmas, timesteps, config.numTrainTimesteps());
    }
  }

  /** The noise levels that are trained. */
  FlowSchedule trained(Sampling sampling) {
    return sampling.shift() == Sampling.Shift.STATIC
        ? euler().pipeline(sampling.numInferenceSteps(), ANY_LENGTH)
        : sampled(sampling);
  }

  private FlowMatchEulerSchedule euler() {
    return new FlowMatchEulerSchedule(config.flowMatchEuler());
  }
}
