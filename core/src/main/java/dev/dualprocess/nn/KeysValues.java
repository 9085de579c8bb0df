package dev.dualprocess.nn;

import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * What other tokens see of some tokens in one layer. As a past it stays as it is; gradient flows to
 * what follows it.
 *
 * @param keys [..., Hkv, tokens, d]
 * @param values [..., Hkv, tokens, d]
 */
public record KeysValues(Tensor keys, Tensor values) implements Past {
  @Override
  public KeysValues followedBy(KeysValues own) {
    return new KeysValues(Ops.cat(-2, keys, own.keys), Ops.cat(-2, values, own.values));
  }
}
