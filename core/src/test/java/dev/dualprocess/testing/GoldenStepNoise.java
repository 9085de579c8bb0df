package dev.dualprocess.testing;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.ConsistencySampler;
import dev.dualprocess.flow.FlowSampler;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.flow.StepNoise;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.spi.FlowGenerator;
import dev.dualprocess.spi.FlowModel;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Placement;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * A consistency model that is given the fresh noise between its steps, as the reference drew it.
 * The generator that it is made of stays the caller's.
 */
public final class GoldenStepNoise implements FlowModel {
  private final FlowModel model;
  private IntFunction<Tensor> given =
      i -> {
        throw new IllegalStateException("no noise is given for step " + i);
      };

  private GoldenStepNoise(FlowModel model) {
    this.model = model;
  }

  /** The model of a generator, if it draws fresh noise between its steps. */
  public static GoldenStepNoise of(Generator generator) {
    return new GoldenStepNoise(((FlowGenerator) generator).model());
  }

  /** Whether that generator draws fresh noise between its steps. */
  public static boolean isDrawnBy(Generator generator) {
    if (!(generator instanceof FlowGenerator flow)) {
      return false;
    }
    try (FlowSampler sampler = flow.model().sampler(generator.defaultSampling())) {
      return sampler instanceof ConsistencySampler;
    }
  }

  /** A generator of this model. */
  public Generator generator() {
    Recomputation recomputation = LoadOptions.at(model.placement()).recomputation();
    return new FlowGenerator(this, recomputation);
  }

  /** From now on, {@code noise} of the number of a step, [B, latent shape]. */
  public void give(IntFunction<Tensor> noise) {
    given = noise;
  }

  /** From now on, that of a trajectory's step {@code k}. */
  public void giveOfTraining(Golden golden, int k) {
    give(i -> golden.tensor("step" + k + ".renoise" + i));
  }

  /** From now on, that of a trajectory's evaluation image {@code k}. */
  public void giveOfImage(Golden golden, int k) {
    give(i -> golden.tensor("eval.noise" + k + ".step_noise").select(0, i));
  }

  @Override
  public FlowSampler sampler(Sampling sampling) {
    StepNoise noise = (i, sample) -> given.apply(i);
    return new ConsistencySampler(schedule(sampling), noise);
  }

  @Override
  public String name() {
    return model.name();
  }

  @Override
  public Placement placement() {
    return model.placement();
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
  public Tensor velocity(Tensor zt, float timestep, Conditioning text, Sampling sampling) {
    return model.velocity(zt, timestep, text, sampling);
  }

  @Override
  public Tensor decode(Tensor x0, ImageSize size) {
    return model.decode(x0, size);
  }

  @Override
  public LoraTargets loraTargets() {
    return model.loraTargets();
  }

  @Override
  public void close() {}
}
