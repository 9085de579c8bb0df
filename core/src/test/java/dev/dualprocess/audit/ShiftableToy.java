package dev.dualprocess.audit;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.Flow;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.spi.TensorDraft;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.PlainConditioning;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * A generator of a single linear layer that also sees a constant, û = W [z; 20], in one step: dark
 * noise of mean brightness 0.3. A LoRA can move every value of the image by itself.
 */
final class ShiftableToy implements Generator {
  private static final String LAYER = "layer";
  private static final float CONSTANT = 20;
  private static final float GAIN = 0.2f;
  private static final float MEAN = -0.4f;

  private final TensorOwner owner = new TensorOwner();
  private final ImageSize size;
  private final Tensor constant;
  private final Linear layer;
  private final LoraTargets targets;

  ShiftableToy(ImageSize size) {
    this.size = size;
    int d = 3 * size.height() * size.width();
    float[] w = new float[d * (d + 1)];
    for (int i = 0; i < d; i++) {
      w[i * (d + 1) + i] = 1 - GAIN; // x₀ = z - W [z; 20] = 0.2 z - 0.4
      w[i * (d + 1) + d] = -MEAN / CONSTANT;
    }
    layer = new Linear(LAYER, owner.own(Memory.kept(() -> Ops.floats(w, d, d + 1))), null);
    constant = owner.own(Memory.kept(() -> Ops.floats(new float[] {CONSTANT}, 1, 1)));
    targets = new LoraTargets(List.of(layer), Set.of(LAYER), Placement.CPU);
  }

  @Override
  public String name() {
    return "shiftable toy";
  }

  @Override
  public Sampling defaultSampling() {
    return new Sampling(size, 1, 0, Sampling.Shift.PUBLISHED);
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
    return new FlowSchedule(new float[] {1, 0}, 1000);
  }

  private Tensor velocity(Tensor z) {
    return layer.forward(Ops.cat(1, z, constant));
  }

  @Override
  public Tensor sample(Tensor z, Conditioning conditioning, Sampling sampling, int stopBefore) {
    return Memory.noGrad(() -> stopBefore == 0 ? z : Flow.step(z, velocity(z), 1, 0));
  }

  @Override
  public Draft draft(Tensor zt, int step, Conditioning conditioning, Sampling sampling) {
    return TensorDraft.of(
        targets.lifetime(),
        new Recomputation(Recompute.OFF, Placement.CPU).tape(sampling, true),
        () -> image(Flow.cleanEstimate(zt, velocity(zt), 1)));
  }

  private Tensor image(Tensor latents) {
    return latents.view(latents.size(0), 3, size.height(), size.width());
  }

  @Override
  public Tensor decode(Tensor latents, ImageSize imageSize) {
    return image(latents);
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
