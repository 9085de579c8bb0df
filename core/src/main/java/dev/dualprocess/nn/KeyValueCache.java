package dev.dualprocess.nn;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * Keys and values of the tokens so far, layer by layer, so that the next token needs only its own.
 * For use without gradient. Owns its tensors.
 */
public final class KeyValueCache implements AutoCloseable {
  private final Tensor[] keys; // each [Hkv, tokens, d]
  private final Tensor[] values;

  /** An empty cache for that many layers. */
  public KeyValueCache(int layers) {
    keys = new Tensor[layers];
    values = new Tensor[layers];
  }

  /** Adds the keys of new tokens; all keys of that layer, owned by this cache. */
  public Tensor appendKeys(int layer, Tensor k) {
    return append(keys, layer, k);
  }

  /** Adds the values of new tokens; all values of that layer, owned by this cache. */
  public Tensor appendValues(int layer, Tensor v) {
    return append(values, layer, v);
  }

  private static Tensor append(Tensor[] slots, int layer, Tensor added) {
    Tensor before = slots[layer];
    slots[layer] = Memory.kept(() -> before == null ? added : Ops.cat(1, before, added));
    close(before);
    return slots[layer];
  }

  private static void close(Tensor tensor) {
    if (tensor != null) {
      tensor.close();
    }
  }

  @Override
  public void close() {
    for (int i = 0; i < keys.length; i++) {
      close(keys[i]);
      close(values[i]);
      keys[i] = null;
      values[i] = null;
    }
  }
}
