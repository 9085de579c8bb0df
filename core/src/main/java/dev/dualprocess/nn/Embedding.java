package dev.dualprocess.nn;

import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A table of vectors, one for each id.
 *
 * @param weight [ids, D]
 */
public record Embedding(Tensor weight) implements Layer {
  /** Reads the table from {@code weight}, [ids, dim]. */
  public static Embedding load(Weights weights, long ids, long dim) {
    return new Embedding(weights.tensor("weight", ids, dim));
  }

  /** ids int64 [...] to [..., D]; ids outside the table are refused. */
  @Override
  public Tensor forward(Tensor ids) {
    return torch.embedding(weight, ids.to(weight.device(), ids.scalar_type()));
  }
}
