package dev.dualprocess.spi;

import dev.dualprocess.VelocityDraft;
import org.bytedeco.pytorch.Tensor;

/**
 * A draft of a rectified-flow model.
 *
 * @param pass makes the image and û
 */
record FlowDraft(TapedPass pass) implements VelocityDraft {
  @Override
  public Tensor image() {
    return pass.output(0);
  }

  @Override
  public Tensor velocity() {
    return pass.output(1);
  }

  @Override
  public void backward(Tensor dImage) {
    pass.backward(dImage);
  }

  @Override
  public void backward(Tensor dImage, Tensor dVelocity) {
    pass.backward(dImage, dVelocity);
  }

  @Override
  public void close() {
    pass.close();
  }
}
