package dev.dualprocess.spi;

import dev.dualprocess.Draft;
import dev.dualprocess.recompute.Tape;
import dev.dualprocess.tensor.Lifetime;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * A draft of a generator on libtorch: a decoded clean estimate with the graph that leads back to
 * what it depends on.
 */
public final class TensorDraft implements Draft {
  private final TapedPass pass;

  private TensorDraft(TapedPass pass) {
    this.pass = pass;
  }

  /**
   * Runs a pass and keeps what its backward needs.
   *
   * @param generator whose weights backward needs
   * @param tape becomes the draft's
   * @param pass makes the decoded clean estimate, fp32 [1, 3, H, W]
   */
  public static TensorDraft of(Lifetime generator, Tape tape, Supplier<Tensor> pass) {
    return new TensorDraft(new TapedPass(generator, tape, () -> new Tensor[] {pass.get()}));
  }

  @Override
  public Tensor image() {
    return pass.output(0);
  }

  @Override
  public void backward(Tensor dImage) {
    pass.backward(dImage);
  }

  @Override
  public void close() {
    pass.close();
  }
}
