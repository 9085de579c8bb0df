package dev.dualprocess.world.training;

import dev.dualprocess.flux.FluxNetworks;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;

/**
 * Pictures through latents and back: L = |x - y| + 2 (x - y)² + |∇x - ∇y|, with a little noise on
 * the latents so that the decoder forgives a generator's small mistakes.
 */
final class AutoencoderTraining implements TrainingLoop.Objective {
  /** Standard deviation of that noise; latents have about 1. */
  static final double LATENT_NOISE = 0.06;

  private final FluxNetworks networks;
  private final int batch;

  AutoencoderTraining(FluxNetworks networks, int batch) {
    this.networks = networks;
    this.batch = batch;
  }

  @Override
  public Tensor loss(int step, Random random) {
    Tensor x = SceneBatch.random(batch, random).images();
    Tensor latents = networks.encode(x);
    Tensor noise = Noise.randn(random.nextLong(), latents.shape());
    Tensor y = networks.decode(latents.add(Ops.mul(noise, LATENT_NOISE)));
    Tensor size = Ops.mul(latents.square().mean(), 1e-3); // keeps latents from growing
    return reconstruction(x, y).add(size);
  }

  /** How far y is from x, both [B, 3, H, W]; a scalar. */
  static Tensor reconstruction(Tensor x, Tensor y) {
    return Memory.scoped(
        () -> {
          Tensor d = y.sub(x);
          Tensor absolute = d.abs().mean();
          Tensor square = Ops.mul(d.square().mean(), 2);
          Tensor rows = difference(d, 2).abs().mean();
          Tensor columns = difference(d, 3).abs().mean();
          return absolute.add(square).add(rows).add(columns);
        });
  }

  private static Tensor difference(Tensor x, long dim) {
    long n = x.size(dim) - 1;
    return x.narrow(dim, 1, n).sub(x.narrow(dim, 0, n));
  }
}
