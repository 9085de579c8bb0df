package dev.dualprocess.nn;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What a language model adds to some of its tokens behind its first layers (DeepStack, arXiv
 * 2406.04334): x[first + i] ← x[first + i] + features_j[i] after layer j.
 *
 * @param first index of the first of these tokens
 * @param features for each of the first layers [tokens, D]
 */
public record DeepStack(long first, List<Tensor> features) {
  /** Adds nothing. */
  public static final DeepStack NONE = new DeepStack(0, List.of());

  /** The list is not changed afterwards. */
  public DeepStack {
    features = List.copyOf(features);
  }

  /** What layer {@code j} gave, x [L, D], with what is added behind it. */
  Tensor after(int j, Tensor x) {
    if (j >= features.size()) {
      return x;
    }
    Tensor feature = features.get(j);
    long behind = x.size(0) - first - feature.size(0);
    return x.add(torch.constant_pad_nd(feature, 0, 0, first, behind));
  }
}
