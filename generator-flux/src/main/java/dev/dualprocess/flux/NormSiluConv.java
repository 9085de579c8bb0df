package dev.dualprocess.flux;

import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.GroupNorm;
import dev.dualprocess.recompute.LastMap;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Vjp;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * y = conv(silu(norm x)), which most of the autoencoder is made of. At its finest resolution one
 * feature map is larger than all weights together, so backward is written out: it repeats the norm
 * alone and holds no more than two maps beside x and dy.
 */
record NormSiluConv(GroupNorm norm, Conv2d conv) implements LastMap {
  @Override
  public Tensor forward(Tensor x) {
    Tensor normed = norm.forward(x);
    if (GradMode.is_enabled()) {
      return conv.forward(Ops.silu(normed));
    }
    Ops.siluInPlace(normed);
    return conv.forward(normed);
  }

  @Override
  public long[] shape(Tensor x) {
    return conv.shape(x);
  }

  @Override
  public Tensor backward(Tensor x, Tensor dy) {
    Tensor d = conv.backward(x, dy);
    GroupNorm.Normed normed = norm.normed(x);
    Vjp.silu(normed.y(), d); // written over d
    normed.y().close();
    return norm.backward(x, normed, d);
  }
}
