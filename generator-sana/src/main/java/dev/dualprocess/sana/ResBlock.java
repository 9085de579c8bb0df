package dev.dualprocess.sana;

import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/** y = x + norm(conv₂(act(conv₁ x))), 3x3 kernels: [B, C, h, w] to the same shape. */
record ResBlock(Conv2d conv1, DcActivation act, Conv2d conv2, ChannelRmsNorm norm)
    implements Layer {
  static ResBlock load(Weights weights, long channels, DcActivation act) {
    return new ResBlock(
        Conv2d.load(weights.in("conv1"), channels, channels, 3, 1, 1),
        act,
        Conv2d.loadWithoutBias(weights.in("conv2"), channels, channels, 3, 1, 1),
        ChannelRmsNorm.load(weights.in("norm"), channels));
  }

  /** x [B, C, h, w] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor y = Memory.scoped(() -> conv2.forward(act.forward(conv1.forward(x))));
    return Memory.scoped(() -> norm.forward(y)).add(x);
  }
}
