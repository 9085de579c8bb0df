package dev.dualprocess.examples.training;

import dev.dualprocess.examples.training.ScenePool.Sample;
import dev.dualprocess.flow.Flow;
import dev.dualprocess.flux.FluxNetworks;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;

/**
 * Noise and prompt to the picture that belongs to them, in one step: the squared error of the clean
 * image estimate x₀ = x_t - t v, in latents and, where {@code pictured} is above 0, in the pixels
 * of some of the batch. Most times are t = 1; the others teach the steps of a longer sampling.
 */
final class GeneratorTraining implements TrainingLoop.Objective {
  /**
   * Modulations, which are behind every residual branch: a new network passes its input through.
   */
  static final Pattern ZERO = Pattern.compile("norm\\w*\\.linear\\.");

  private static final double SHARE_OF_NOISE = 0.85;
  private static final double CLEANEST = 0.1;
  private static final double PIXEL_WEIGHT = 0.5;
  private static final double REST = 3; // what fills the width that latents leave

  private final FluxNetworks networks;
  private final ScenePool pool;
  private final int batch;
  private final int pictured;

  GeneratorTraining(FluxNetworks networks, ScenePool pool, int batch, int pictured) {
    this.networks = networks;
    this.pool = pool;
    this.batch = batch;
    this.pictured = pictured;
  }

  /**
   * Makes a new network's velocity its input: the first channels of its width carry the latents,
   * the others constants that keep the last norm's divisor where it is.
   */
  static void passThrough(Map<String, Tensor> transformer) {
    Tensor in = transformer.get("x_embedder.weight"); // [D, C]
    int width = Math.toIntExact(in.size(0));
    int channels = Math.toIntExact(in.size(1));
    double norm = Math.sqrt((channels + (width - channels) * REST * REST) / width);
    float[] embed = new float[width * channels];
    float[] project = new float[channels * width];
    float[] constants = new float[width];
    for (int i = 0; i < width; i++) {
      if (i < channels) {
        embed[i * channels + i] = 1;
        project[i * width + i] = (float) norm;
      } else {
        constants[i] = (float) (i % 2 == 0 ? REST : -REST);
      }
    }
    Memory.withoutGrad(
        () -> {
          in.copy_(Ops.floats(embed, width, channels));
          transformer.get("x_embedder.bias").copy_(Ops.floats(constants, width));
          transformer.get("proj_out.weight").copy_(Ops.floats(project, channels, width));
        });
  }

  @Override
  public Tensor loss(int step, Random random) {
    Sample sample = pool.sample(batch, random);
    Tensor x0 = sample.latents();
    Tensor z = SceneNoise.with(Noise.randn(random.nextLong(), x0.shape()), sample.scores());
    Tensor t = times(random);
    Tensor along = t.view(batch, 1, 1);
    Tensor xt = x0.add(z.sub(x0).mul(along)); // eq. 1
    Tensor v = networks.velocity(xt, t, sample.texts());
    Tensor estimate = xt.sub(v.mul(along)); // eq. 5
    Tensor loss = estimate.sub(x0).square().mean();
    if (pictured == 0) {
      return loss;
    }
    Tensor y = networks.decode(networks.unpacked(estimate.narrow(0, 0, pictured)));
    Tensor x = SceneBatch.of(sample.scenes().subList(0, pictured)).images();
    return loss.add(Ops.mul(AutoencoderTraining.reconstruction(x, y), PIXEL_WEIGHT));
  }

  private Tensor times(Random random) {
    float[] times = new float[batch];
    for (int i = 0; i < batch; i++) {
      boolean noise = random.nextDouble() < SHARE_OF_NOISE;
      times[i] = (float) (noise ? 1 : CLEANEST + (1 - CLEANEST) * random.nextDouble());
    }
    return Ops.floats(times, batch);
  }

  /**
   * Pictures drawn in one step: scores [B, factors] of their noise to [B, 3, H, W], no gradient.
   */
  static Tensor draw(FluxNetworks networks, Sample sample, long seed) {
    return Memory.noGrad(
        () -> {
          Tensor z = SceneNoise.with(Noise.randn(seed, sample.latents().shape()), sample.scores());
          Tensor t = Ops.add(Ops.mul(z.select(1, 0).select(1, 0), 0), 1);
          Tensor v = networks.velocity(z, t, sample.texts());
          return networks.decode(networks.unpacked(Flow.cleanEstimate(z, v, 1.0)));
        });
  }
}
