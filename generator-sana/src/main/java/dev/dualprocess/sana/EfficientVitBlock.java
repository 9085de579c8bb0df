package dev.dualprocess.sana;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.weights.Weights;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Attention over all places, then a convolution around each (arXiv 2205.14756). */
record EfficientVitBlock(MultiscaleLinearAttention attn, GatedMobileConv convOut) implements Layer {
  static EfficientVitBlock load(
      Weights weights, long channels, long headDim, List<Integer> kernels) {
    return new EfficientVitBlock(
        MultiscaleLinearAttention.load(weights.in("attn"), channels, headDim, kernels),
        GatedMobileConv.load(weights.in("conv_out"), channels));
  }

  /** x [B, C, h, w] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    return convOut.forward(Memory.scoped(() -> attn.forward(x)));
  }
}
