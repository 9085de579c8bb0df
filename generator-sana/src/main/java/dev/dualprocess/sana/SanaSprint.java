package dev.dualprocess.sana;

import dev.dualprocess.Sampling;
import dev.dualprocess.flow.ConsistencySampler;
import dev.dualprocess.flow.FlowSampler;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.flow.ScmConfig;
import dev.dualprocess.flow.ScmTimesteps;
import dev.dualprocess.flow.TrigFlow;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * SANA-Sprint (arXiv 2503.09641): a consistency model of one to four steps. It was taught what
 * guidance would do, so the scale is one more number that the transformer is told, and one pass is
 * enough. Latents are those of {@link TrigFlow}: rectified flow, as everywhere.
 *
 * @param scheduler the scheduler's file
 * @param guidanceEmbedsScale what the guidance scale is multiplied by for the transformer
 */
record SanaSprint(ScmConfig scheduler, double guidanceEmbedsScale) implements SanaRecipe {
  static final String PIPELINE = "SanaSprintPipeline";
  static final String SCHEDULER = "SCMScheduler";

  /** The fast pass that the method teaches; the pipeline takes two. */
  @Override
  public int steps() {
    return 1;
  }

  @Override
  public List<SanaPrompt> negatives() {
    return List.of();
  }

  @Override
  public FlowSampler sampler(Sampling sampling) {
    return new ConsistencySampler(sampled(sampling));
  }

  @Override
  public FlowSchedule sampled(Sampling sampling) {
    return ScmTimesteps.published(sampling.numInferenceSteps()).schedule(scheduler);
  }

  /** Those that are sampled: there is no shift to leave out. */
  @Override
  public FlowSchedule trained(Sampling sampling) {
    return sampled(sampling);
  }

  @Override
  public Tensor velocity(
      SanaTransformer transformer,
      Placement placement,
      Tensor zt,
      float timestep,
      GuidedText text,
      double guidanceScale) {
    long batch = zt.size(0);
    return Ops.toFloat(
        transformer.forward(
            placement.place(zt),
            text.embeds(batch, false),
            text.masks(batch, false),
            number(timestep, placement),
            number(guidanceScale * guidanceEmbedsScale, placement)));
  }

  private static Tensor number(double value, Placement placement) {
    return torch.full(new long[] {1}, new Scalar((float) value), placement.float32Options());
  }
}
