package dev.dualprocess.spi;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.Flow;
import dev.dualprocess.flow.FlowSampler;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.recompute.Tape;
import dev.dualprocess.tensor.Memory;
import org.bytedeco.pytorch.Tensor;

/**
 * A rectified-flow model as a generator: samples by eq. 2 of arXiv 2506.01955 and drafts by eq. 5.
 * Latents between steps are fp32 whatever the model's dtype is.
 */
public final class FlowGenerator implements Generator {
  private final FlowModel model;
  private final Recomputation recomputation;

  /** Takes ownership of {@code model}, whose blocks {@code recomputation} decides about. */
  public FlowGenerator(FlowModel model, Recomputation recomputation) {
    this.model = model;
    this.recomputation = recomputation;
  }

  /** The model that gives velocities and decodes. */
  public FlowModel model() {
    return model;
  }

  @Override
  public String name() {
    return model.name();
  }

  @Override
  public Sampling defaultSampling() {
    return model.defaultSampling();
  }

  @Override
  public double defaultLearningRate() {
    return model.defaultLearningRate();
  }

  @Override
  public Conditioning condition(String text) {
    return model.condition(text);
  }

  @Override
  public long[] latentShape(ImageSize size) {
    return model.latentShape(size);
  }

  @Override
  public FlowSchedule schedule(Sampling sampling) {
    return model.schedule(sampling);
  }

  @Override
  public FlowSchedule trainingSchedule(Sampling sampling) {
    return model.trainingSchedule(sampling);
  }

  @Override
  public Tensor sample(Tensor z, Conditioning text, Sampling sampling, int stopBefore) {
    Require.latents(z, latentShape(sampling.size()), sampling.size());
    Require.step(stopBefore, sampling.numInferenceSteps());
    return Memory.noGrad(
        () -> {
          Tensor zt = model.placement().placeFloat32(z);
          try (FlowSampler sampler = model.sampler(sampling)) {
            for (int i = 0; i < stopBefore; i++) {
              zt = step(zt, i, text, sampling, sampler);
            }
          }
          return zt;
        });
  }

  /** z_t' = z_t + û (t' - t), eq. 2, or what the model's own sampler makes of û. */
  private Tensor step(Tensor zt, int i, Conditioning text, Sampling sampling, FlowSampler sampler) {
    return Memory.scoped(
        () -> sampler.step(model.velocity(zt, sampler.timestep(i), text, sampling), i, zt));
  }

  @Override
  public Draft draft(Tensor zt, int step, Conditioning text, Sampling sampling) {
    FlowSchedule schedule = trainingSchedule(sampling);
    Require.latents(zt, latentShape(sampling.size()), sampling.size());
    Require.step(step, schedule.steps() - 1);
    Tape tape = recomputation.tape(sampling, loraTargets().learning());
    return TensorDraft.of(
        tape,
        () -> {
          Tensor z = model.placement().placeFloat32(zt);
          Tensor velocity = model.velocity(z, schedule.timestep(step), text, sampling);
          Tensor x0 = Flow.cleanEstimate(z, velocity, schedule.sigma(step)); // eq. 5
          tape.border();
          return model.decode(x0, sampling.size());
        });
  }

  @Override
  public Tensor decode(Tensor latents, ImageSize size) {
    Require.latents(latents, latentShape(size), size);
    return Memory.noGrad(() -> model.decode(model.placement().placeFloat32(latents), size));
  }

  @Override
  public LoraTargets loraTargets() {
    return model.loraTargets();
  }

  @Override
  public void close() {
    model.close();
  }
}
