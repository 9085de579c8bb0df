package dev.dualprocess.distill;

import dev.dualprocess.Draft;
import dev.dualprocess.tensor.GraphedPasses.Pass;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A {@link DraftPass} that has begun, as the draft that it is; closing closes the pass. */
record Drafted(Pass pass, List<Tensor> results) implements Draft {
  /** Runs the pass; what it left in the gradient of {@code adam} is discarded. */
  static Drafted begun(Pass pass, Adam adam, Tensor... input) {
    try {
      Drafted drafted = new Drafted(pass, List.of(pass.forward(input)));
      adam.discardGradient();
      return drafted;
    } catch (RuntimeException | Error e) {
      pass.close();
      throw e;
    }
  }

  @Override
  public Tensor image() {
    return results.get(0);
  }

  /** The image without what is learnt, where the pass was asked for it. */
  Tensor bare() {
    return results.get(1);
  }

  /** What the penalty on the velocity adds to the loss, where it has a weight. */
  Tensor velocityPenalty() {
    return results.get(results.size() - 1);
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
