package dev.dualprocess.distill;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Sampling;
import dev.dualprocess.VelocityDraft;
import dev.dualprocess.VelocityGenerator;
import dev.dualprocess.flow.Flow;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.PlainConditioning;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * A generator of a single linear layer, û = W z: its latents are the values of the image, and σ
 * falls from 1 to 0 in equal strides.
 */
final class ToyGenerator implements VelocityGenerator {
  static final String LAYER = "layer";

  private final TensorOwner owner = new TensorOwner();
  private final ImageSize size;
  private final Tensor weight;
  private final Linear layer;
  private final LoraTargets targets;
  private final List<Integer> stops = new ArrayList<>();

  ToyGenerator(ImageSize size) {
    this.size = size;
    long d = latentShape(size)[0];
    weight = owner.own(Memory.kept(() -> Ops.mul(Noise.randn(99, d, d), 0.2)));
    layer = new Linear(LAYER, weight, null);
    targets = new LoraTargets(List.of(layer), Set.of(LAYER), Placement.CPU);
  }

  /** W, [D, D]. */
  Tensor weight() {
    return weight;
  }

  /** After how many steps each call of {@link #sample} stopped. */
  List<Integer> stops() {
    return stops;
  }

  @Override
  public String name() {
    return "toy generator";
  }

  @Override
  public Sampling defaultSampling() {
    return new Sampling(size, 4, 0, Sampling.Shift.PUBLISHED);
  }

  @Override
  public Conditioning condition(String text) {
    return new PlainConditioning(text);
  }

  @Override
  public long[] latentShape(ImageSize imageSize) {
    return new long[] {3L * imageSize.height() * imageSize.width()};
  }

  @Override
  public FlowSchedule schedule(Sampling sampling) {
    int n = sampling.numInferenceSteps();
    float[] sigmas = new float[n + 1];
    for (int i = 0; i <= n; i++) {
      sigmas[i] = 1 - (float) i / n;
    }
    return new FlowSchedule(sigmas, 1000);
  }

  @Override
  public Tensor sample(Tensor z, Conditioning conditioning, Sampling sampling, int stopBefore) {
    stops.add(stopBefore);
    FlowSchedule schedule = schedule(sampling);
    return Memory.noGrad(
        () -> {
          Tensor zt = z;
          for (int i = 0; i < stopBefore; i++) {
            zt = Flow.step(zt, layer.forward(zt), schedule.sigma(i), schedule.sigma(i + 1));
          }
          return zt;
        });
  }

  @Override
  public VelocityDraft draft(Tensor zt, int step, Conditioning conditioning, Sampling sampling) {
    double t = schedule(sampling).sigma(step);
    Tensor estimated = Memory.kept(() -> layer.forward(zt));
    Tensor output = Memory.kept(() -> image(Flow.cleanEstimate(zt, estimated, t), sampling.size()));
    Tensor image = Memory.kept(output::detach);
    Tensor velocity = Memory.kept(estimated::detach);
    return new VelocityDraft() {
      @Override
      public Tensor image() {
        return image;
      }

      @Override
      public void backward(Tensor dImage) {
        Ops.backward(output, dImage);
      }

      @Override
      public Tensor velocity() {
        return velocity;
      }

      /** As the sum of both products, which leads back through both. */
      @Override
      public void backward(Tensor dImage, Tensor dVelocity) {
        Tensor both = output.mul(dImage).sum().add(estimated.mul(dVelocity).sum());
        both.backward();
      }

      @Override
      public void close() {
        estimated.close();
        velocity.close();
        output.close();
        image.close();
      }
    };
  }

  @Override
  public Tensor velocity(Tensor zt, int step, Conditioning conditioning, Sampling sampling) {
    return Memory.noGrad(() -> layer.forward(zt));
  }

  private static Tensor image(Tensor latents, ImageSize size) {
    return latents.view(latents.size(0), 3, size.height(), size.width());
  }

  @Override
  public Tensor decode(Tensor latents, ImageSize imageSize) {
    return image(latents, imageSize);
  }

  @Override
  public LoraTargets loraTargets() {
    return targets;
  }

  @Override
  public void close() {
    targets.close();
    owner.close();
  }
}
