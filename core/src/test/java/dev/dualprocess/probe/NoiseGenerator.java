package dev.dualprocess.probe;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.PlainConditioning;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/** Its pictures are its noise, a tenth as strong; it cannot be taught. */
final class NoiseGenerator implements Generator {
  static final double STRENGTH = 0.1;

  private final LoraTargets targets = new LoraTargets(List.of(), Set.of(), Placement.CPU);

  @Override
  public String name() {
    return "noise";
  }

  @Override
  public Sampling defaultSampling() {
    return new Sampling(ImageSize.square(8), 1, 0, Sampling.Shift.PUBLISHED);
  }

  @Override
  public Conditioning condition(String text) {
    return new PlainConditioning(text);
  }

  @Override
  public long[] latentShape(ImageSize size) {
    return new long[] {3, size.height(), size.width()};
  }

  @Override
  public FlowSchedule schedule(Sampling sampling) {
    return new FlowSchedule(new float[] {1, 0}, 1000);
  }

  @Override
  public Tensor sample(Tensor z, Conditioning conditioning, Sampling sampling, int stopBefore) {
    return Memory.noGrad(() -> Ops.mul(z, STRENGTH));
  }

  @Override
  public Draft draft(Tensor zt, int step, Conditioning conditioning, Sampling sampling) {
    throw new UnsupportedOperationException("a probe teaches nothing");
  }

  @Override
  public Tensor decode(Tensor latents, ImageSize size) {
    return Memory.noGrad(() -> Ops.mul(latents, 1));
  }

  @Override
  public LoraTargets loraTargets() {
    return targets;
  }

  @Override
  public void close() {}
}
