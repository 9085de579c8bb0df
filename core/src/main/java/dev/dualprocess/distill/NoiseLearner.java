package dev.dualprocess.distill;

import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.tensor.GraphedPasses;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Changes the noise of one seed, fp32 on the generator's device; the generator stays as it is. */
final class NoiseLearner implements Learner {
  private final double shellPenalty;
  private final Tensor flat; // [n]
  private final Tensor gradient; // [n]
  private final Tensor z; // the same as flat, a leaf [1, latent shape]
  private final Adam adam;
  private final GraphedPasses passes;

  /**
   * A learner at its first step; nothing given is kept.
   *
   * @param given where it starts, [1, latent shape], or null for the noise of the run's seed
   */
  NoiseLearner(Generator generator, DistillSettings settings, @Nullable Tensor given) {
    shellPenalty = settings.regularisation().shellPenalty();
    passes = Drafting.passes(generator);
    Placement placement = generator.loraTargets().placement();
    ImageSize size = settings.sampling().size();
    long[] shape =
        LongStream.concat(LongStream.of(1), LongStream.of(generator.latentShape(size))).toArray();
    flat =
        Memory.kept(
            () -> {
              Tensor noise = given == null ? generator.noise(settings.seed(), 1, size) : given;
              return placement.placeFloat32(noise).detach().clone().view(-1);
            });
    gradient = Memory.kept(() -> torch.zeros_like(flat));
    z = Memory.kept(() -> flat.view(shape).detach());
    z.set_requires_grad(true);
    Memory.withoutGrad(() -> z.mutable_grad().put(gradient.view(shape)));
    adam = new Adam(flat, gradient, settings.adam());
  }

  /** The noise as it stands, in the caller's scope. */
  Tensor latents() {
    return Memory.scoped(() -> z.detach().clone());
  }

  @Override
  public int seeds() {
    return 1;
  }

  @Override
  public Tensor noise(int k) {
    return z;
  }

  @Override
  public void begin() {}

  @Override
  public void gather() {}

  @Override
  public Attachment attach() {
    return () -> {};
  }

  @Override
  public Draft draft(Tensor zt, Drafting drafting) {
    return Drafted.begun(passes.next(drafting.key(), () -> DraftPass.ofLatents(drafting, z)), adam);
  }

  @Override
  public double update() {
    if (shellPenalty > 0) {
      GaussianShell.addGradient(flat, shellPenalty, gradient);
    }
    return adam.step();
  }

  /** Of the shell nobody asks for the value, which the device would have to be waited for. */
  @Override
  public double penalty() {
    return 0;
  }

  @Override
  public Tensor parameters() {
    return flat;
  }

  @Override
  public Adam adam() {
    return adam;
  }

  @Override
  public void close() {
    passes.close();
    adam.close();
    z.close();
    gradient.close();
    flat.close();
  }
}
