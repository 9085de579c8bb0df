package dev.dualprocess.sana;

import dev.dualprocess.Sampling;
import dev.dualprocess.flow.DpmSolverConfig;
import dev.dualprocess.flow.FlowSampler;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.flow.ScmConfig;
import dev.dualprocess.spi.PipelineFolder;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** How a pipeline samples; the parts that it is made of are the same in all of them. */
sealed interface SanaRecipe permits GuidedSana, SanaSprint {
  /** What a folder's model_index.json asks for, with the scheduler beside it. */
  static SanaRecipe read(PipelineFolder pipeline, SanaTransformerConfig config) throws IOException {
    boolean sprint = pipeline.is(SanaSprint.PIPELINE);
    if (config.guidanceEmbeds() != sprint) {
      throw new IOException(
          "%s: guidance_embeds is %s; of this kind of pipeline only %s is supported"
              .formatted(
                  pipeline.path().resolve("transformer/config.json"),
                  config.guidanceEmbeds(),
                  sprint));
    }
    return sprint
        ? new SanaSprint(
            pipeline.scheduler(SanaSprint.SCHEDULER, "SANA-Sprint", ScmConfig.class),
            config.guidanceEmbedsScale())
        : new GuidedSana(
            pipeline.scheduler(GuidedSana.SCHEDULER, "Sana", DpmSolverConfig.class),
            config.timestepScale());
  }

  /** N where nobody says otherwise. */
  int steps();

  /** The texts that guidance leads away from. */
  List<SanaPrompt> negatives();

  /** What draws an image, at its first step; the caller closes it. */
  FlowSampler sampler(Sampling sampling);

  /** The noise levels that drawing an image visits. */
  FlowSchedule sampled(Sampling sampling);

  /** The noise levels that are trained. */
  FlowSchedule trained(Sampling sampling);

  /** û = G(z_t, text), guided: fp32 [B, C, h, w] to the same. */
  Tensor velocity(
      SanaTransformer transformer,
      Placement placement,
      Tensor zt,
      float timestep,
      GuidedText text,
      double guidanceScale);
}
