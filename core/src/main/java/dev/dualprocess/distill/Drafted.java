package dev.dualprocess.distill;

import dev.dualprocess.Draft;
import dev.dualprocess.tensor.GraphedPasses.Pass;
import org.bytedeco.pytorch.Tensor;

/** A pass that makes an image, as the draft that it is; closing closes the pass. */
record Drafted(Pass pass, Tensor image) implements Draft {
  @Override
  public void backward(Tensor dImage) {
    pass.backward(dImage);
  }

  @Override
  public void close() {
    pass.close();
  }
}
