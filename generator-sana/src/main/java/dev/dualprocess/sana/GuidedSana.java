package dev.dualprocess.sana;

import dev.dualprocess.Sampling;
import dev.dualprocess.flow.DpmSolverConfig;
import dev.dualprocess.flow.DpmSolverMultistep;
import dev.dualprocess.flow.EulerSampler;
import dev.dualprocess.flow.FlowMatchEulerSchedule;
import dev.dualprocess.flow.FlowSampler;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Sana (arXiv 2410.10629) and SANA 1.5 (arXiv 2501.18427): many steps with classifier-free
 * guidance. A guidance scale above 1 takes a second pass of the model, in the same batch, on the
 * empty text.
 *
 * <p>As published, it is sampled by DPM-Solver++ and trained at the same noise levels. The authors
 * sample by Euler's method without a shift, with σ from 1 to 0.001, and train at σ from 1 to 1/N:
 * after i steps a latent is not quite at the level it is trained at.
 *
 * @param scheduler the scheduler's file
 * @param timestepScale what a timestep is multiplied by for the transformer
 */
record GuidedSana(DpmSolverConfig scheduler, double timestepScale) implements SanaRecipe {
  static final String SCHEDULER = "DPMSolverMultistepScheduler";
  private static final int STEPS = 20;
  private static final long ANY_LENGTH = 0; // counts for dynamic shifting only

  @Override
  public int steps() {
    return STEPS;
  }

  @Override
  public List<SanaPrompt> negatives() {
    return List.of(SanaPrompt.NEGATIVE);
  }

  @Override
  public FlowSampler sampler(Sampling sampling) {
    int steps = sampling.numInferenceSteps();
    return sampling.shift() == Sampling.Shift.STATIC
        ? new EulerSampler(euler().setTimesteps(steps, ANY_LENGTH))
        : new DpmSolverMultistep(scheduler, steps);
  }

  @Override
  public FlowSchedule sampled(Sampling sampling) {
    try (FlowSampler sampler = sampler(sampling)) {
      float[] sigmas = new float[sampler.steps() + 1];
      float[] timesteps = new float[sampler.steps()];
      for (int i = 0; i < timesteps.length; i++) {
        sigmas[i] = sampler.sigma(i);
        timesteps[i] = sampler.timestep(i);
      }
      sigmas[timesteps.length] = sampler.sigma(timesteps.length);
      return new FlowSchedule(sigmas, timesteps, scheduler.numTrainTimesteps());
    }
  }

  @Override
  public FlowSchedule trained(Sampling sampling) {
    return sampling.shift() == Sampling.Shift.STATIC
        ? euler().pipeline(sampling.numInferenceSteps(), ANY_LENGTH)
        : sampled(sampling);
  }

  private FlowMatchEulerSchedule euler() {
    return new FlowMatchEulerSchedule(scheduler.flowMatchEuler());
  }

  /** With guidance s: û₀ + s (û - û₀), û₀ = G(z_t, empty text). */
  @Override
  public Tensor velocity(
      SanaTransformer transformer,
      Placement placement,
      Tensor zt,
      float timestep,
      GuidedText text,
      double guidanceScale) {
    boolean guided = guidanceScale > 1;
    Tensor input = placement.place(guided ? Ops.cat(0, zt, zt) : zt);
    Scalar told = new Scalar((float) (timestep * timestepScale));
    Tensor t = torch.full(new long[] {1}, told, placement.float32Options());
    long batch = zt.size(0);
    Tensor velocity =
        Ops.toFloat(
            transformer.forward(input, text.embeds(batch, guided), text.masks(batch, guided), t));
    if (!guided) {
      return velocity;
    }
    Tensor[] both = Ops.chunk(velocity, 2, 0);
    return both[0].add(Ops.mul(both[1].sub(both[0]), guidanceScale));
  }
}
