package dev.dualprocess.spi;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Sampling;
import dev.dualprocess.VelocityDraft;
import dev.dualprocess.VelocityGenerator;
import dev.dualprocess.flow.Flow;
import dev.dualprocess.flow.FlowSampler;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.recompute.Tape;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;

/**
 * A rectified-flow model as a generator: samples by eq. 2 of arXiv 2506.01955 and drafts by eq. 5.
 * Latents between steps are fp32 whatever the model's dtype is.
 */
public final class FlowGenerator implements VelocityGenerator {
  private final FlowModel model;
  private final Recomputation recomputation;
  private final Lifetime lifetime;

  /** Takes ownership of {@code model}, whose blocks {@code recomputation} decides about. */
  public FlowGenerator(FlowModel model, Recomputation recomputation) {
    this.model = model;
    this.recomputation = recomputation;
    this.lifetime = model.loraTargets().lifetime();
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
    lifetime.requireOpen();
    return model.defaultSampling();
  }

  @Override
  public double defaultLearningRate() {
    return model.defaultLearningRate();
  }

  @Override
  public Conditioning condition(String text) {
    Objects.requireNonNull(text, "text");
    return lifetime.sharing(() -> model.condition(text));
  }

  @Override
  public long[] latentShape(ImageSize size) {
    lifetime.requireOpen();
    return model.latentShape(Objects.requireNonNull(size, "size"));
  }

  @Override
  public OptionalInt tokenSide() {
    return model.tokenSide();
  }

  @Override
  public FlowSchedule schedule(Sampling sampling) {
    lifetime.requireOpen();
    return model.schedule(Objects.requireNonNull(sampling, "sampling"));
  }

  @Override
  public FlowSchedule trainingSchedule(Sampling sampling) {
    lifetime.requireOpen();
    return model.trainingSchedule(Objects.requireNonNull(sampling, "sampling"));
  }

  @Override
  public Tensor sample(Tensor z, Conditioning text, Sampling sampling, int stopBefore) {
    requireFits(z, text, sampling);
    Require.step(stopBefore, sampling.numInferenceSteps());
    return lifetime.sharing(() -> sampled(z, text, sampling, stopBefore));
  }

  private void requireFits(Tensor z, Conditioning text, Sampling sampling) {
    lifetime.requireOpen();
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(sampling, "sampling");
    Require.latents(z, latentShape(sampling.size()), sampling.size());
  }

  private Tensor sampled(Tensor z, Conditioning text, Sampling sampling, int stopBefore) {
    return Memory.noGrad(
        () -> {
          try (FlowSampler sampler = model.sampler(sampling)) {
            Tensor zt = sampler.begin(model.placement().placeFloat32(z));
            for (int i = 0; i < stopBefore; i++) {
              zt = step(zt, i, text, sampling, sampler);
            }
            return zt;
          }
        });
  }

  /** z_t' = z_t + û (t' - t), eq. 2, or what the model's own sampler makes of û. */
  private Tensor step(Tensor zt, int i, Conditioning text, Sampling sampling, FlowSampler sampler) {
    return Memory.scoped(
        () -> sampler.step(model.velocity(zt, sampler.timestep(i), text, sampling), i, zt));
  }

  @Override
  public VelocityDraft draft(Tensor zt, int step, Conditioning text, Sampling sampling) {
    requireFits(zt, text, sampling);
    FlowSchedule schedule = trainingSchedule(sampling);
    Require.step(step, schedule.steps() - 1);
    return lifetime.sharing(() -> drafted(zt, step, text, sampling, schedule));
  }

  private VelocityDraft drafted(
      Tensor zt, int step, Conditioning text, Sampling sampling, FlowSchedule schedule) {
    Tape tape = recomputation.tape(sampling, loraTargets().learning());
    return new FlowDraft(
        new TapedPass(
            lifetime,
            tape,
            () -> {
              Tensor z = model.placement().placeFloat32(zt);
              Tensor velocity = model.velocity(z, schedule.timestep(step), text, sampling);
              Tensor x0 = Flow.cleanEstimate(z, velocity, schedule.sigma(step)); // eq. 5
              tape.border();
              return new Tensor[] {model.decode(x0, sampling.size()), velocity};
            }));
  }

  @Override
  public Tensor velocity(Tensor zt, int step, Conditioning text, Sampling sampling) {
    requireFits(zt, text, sampling);
    FlowSchedule schedule = trainingSchedule(sampling);
    Require.step(step, schedule.steps() - 1);
    return lifetime.sharing(
        () ->
            Memory.noGrad(
                () ->
                    model.velocity(
                        model.placement().placeFloat32(zt),
                        schedule.timestep(step),
                        text,
                        sampling)));
  }

  @Override
  public boolean draftsRepeat() {
    return true;
  }

  @Override
  public Tensor decode(Tensor latents, ImageSize size) {
    Require.latents(latents, latentShape(size), size);
    return lifetime.sharing(
        () -> Memory.noGrad(() -> model.decode(model.placement().placeFloat32(latents), size)));
  }

  @Override
  public Optional<String> fault(Tensor noise, Conditioning text, Sampling sampling) {
    requireFits(noise, text, sampling);
    return lifetime.sharing(() -> new FaultSearch(model, text, sampling).from(noise));
  }

  @Override
  public LoraTargets loraTargets() {
    lifetime.requireOpen();
    return model.loraTargets();
  }

  @Override
  public void close() {
    lifetime.close(model::close);
  }
}
