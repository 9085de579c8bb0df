package dev.dualprocess.sana;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * y = x / sqrt(mean over D of x² + eps) · (1 + weight), in fp32 up to the end, unlike {@link
 * dev.dualprocess.nn.RmsNorm}.
 *
 * @param weight [D]; 0 changes nothing
 */
record Gemma2RmsNorm(Tensor weight, double eps) implements Layer {
  static Gemma2RmsNorm load(Weights weights, Gemma2Config config) {
    return new Gemma2RmsNorm(weights.tensor("weight", config.hiddenSize()), config.rmsNormEps());
  }

  /** x [..., D] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor x32 = Ops.toFloat(x);
    Tensor y = x32.mul(Ops.add(Ops.meanLast(x32.square()), eps).rsqrt());
    return y.mul(Ops.add(Ops.toFloat(weight), 1)).to(x.scalar_type());
  }
}
