package dev.dualprocess.world.training;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.weights.Weights.Initializer;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * First values of a network's tensors: maps are normal with variance 1 / inputs, norms are 1,
 * biases 0. What {@code zero} matches starts at 0, so that a residual branch behind it does too.
 *
 * @param seed of all of them; a tensor's values depend on it and on the tensor's name
 * @param zero keys, or a pattern that matches none
 */
record Initial(long seed, Pattern zero) implements Initializer {
  @Override
  public Tensor make(String key, long[] shape, Placement placement) {
    boolean vector = shape.length == 1;
    if (zero.matcher(key).find() || (vector && key.endsWith("bias"))) {
      return torch.zeros(shape);
    }
    if (vector) {
      return torch.ones(shape);
    }
    long inputs = 1;
    for (int i = 1; i < shape.length; i++) {
      inputs *= shape[i];
    }
    return Ops.mul(Noise.randn(31 * seed + key.hashCode(), shape), 1 / Math.sqrt((double) inputs));
  }
}
