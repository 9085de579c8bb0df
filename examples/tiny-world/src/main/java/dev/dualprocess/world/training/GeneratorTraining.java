package dev.dualprocess.world.training;

import dev.dualprocess.flow.Flow;
import dev.dualprocess.flux.FluxNetworks;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.world.Factor;
import dev.dualprocess.world.training.ScenePool.Sample;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Scalar;
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
  private static final double EVEN = 0.05; // scale of queries whose attention is even
  private static final double TOKENS = 64; // of a picture
  private static final double TEXT_TOKENS = 26;

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
   * Where a new network starts, so that it need not learn what is known: its velocity is its input,
   * and every token knows the scene's factors.
   *
   * <p>The first channels of its width carry the latents, the others constants that keep the norms'
   * divisors where they are. The first block's attention is even over all tokens and writes the
   * means that {@link SceneNoise} put into the noise, at unit scale, onto the channels behind the
   * latents.
   */
  static void start(Map<String, Tensor> transformer) {
    Tensor in = weight(transformer, "x_embedder.weight"); // [D, C]
    int width = Math.toIntExact(in.size(0));
    int channels = Math.toIntExact(in.size(1));
    int factors = Factor.values().length;
    double rest = (width - channels) * REST * REST;
    double divisor = Math.sqrt((channels + rest) / width);
    double lastDivisor = Math.sqrt((channels + factors + rest) / width);
    float[] embed = new float[width * channels];
    float[] project = new float[channels * width];
    float[] constants = new float[width];
    for (int i = 0; i < width; i++) {
      if (i < channels) {
        embed[i * channels + i] = 1;
        project[i * width + i] = (float) lastDivisor;
      } else {
        constants[i] = (float) (i % 2 == 0 ? REST : -REST);
      }
    }
    Memory.withoutGrad(
        () -> {
          in.copy_(Ops.floats(embed, width, channels));
          weight(transformer, "x_embedder.bias").copy_(Ops.floats(constants, width));
          weight(transformer, "proj_out.weight").copy_(Ops.floats(project, channels, width));
          readFactors(transformer, width, channels, divisor);
        });
  }

  private static void readFactors(
      Map<String, Tensor> transformer, int width, int channels, double divisor) {
    int factors = Factor.values().length;
    String block = "transformer_blocks.0.";
    Tensor value = weight(transformer, block + "attn.to_v.weight"); // [D, D]
    Tensor out = weight(transformer, block + "attn.to_out.0.weight"); // [D, D]
    Tensor gate =
        weight(transformer, block + "norm1.linear.bias"); // shift, scale, gate, ...; [6 D]
    weight(transformer, block + "attn.norm_q.weight").fill_(new Scalar(EVEN));
    weight(transformer, block + "attn.add_v_proj.weight").fill_(new Scalar(0.0));
    double gain = divisor * Math.sqrt(TOKENS) * (TOKENS + TEXT_TOKENS) / TOKENS;
    for (int k = 0; k < factors; k++) {
      value.select(0, k).fill_(new Scalar(0.0));
      value.select(0, k).narrow(0, k, 1).fill_(new Scalar(gain));
      out.select(0, (long) channels + k).fill_(new Scalar(0.0));
      out.select(0, (long) channels + k).narrow(0, k, 1).fill_(new Scalar(1.0));
      gate.narrow(0, 2L * width + channels + k, 1).fill_(new Scalar(1.0));
    }
  }

  private static Tensor weight(Map<String, Tensor> transformer, String key) {
    return Objects.requireNonNull(transformer.get(key), key);
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
