package dev.dualprocess.nn;

import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of the tokens so far, layer by layer, so that the next token needs only its own.
 * For use without gradient. Owns its tensors.
 */
public final class KeyValueCache implements AutoCloseable {
  private final @Nullable KeysValues[] layers; // null where nothing was read yet
  private final Lifetime lifetime = new Lifetime("this cache of keys and values");

  /** An empty cache for that many layers. */
  public KeyValueCache(int layers) {
    this.layers = new KeysValues[layers];
  }

  /**
   * A cache for that many layers that begins with what was read elsewhere, which it shares.
   *
   * @param before of each layer; empty if nothing was read
   */
  public static KeyValueCache after(List<KeysValues> before, int layers) {
    KeyValueCache cache = new KeyValueCache(layers);
    for (int i = 0; i < before.size(); i++) {
      cache.layers[i] = kept(before.get(i));
    }
    return cache;
  }

  /** One layer's past, which grows with every pass. */
  Past layer(int i) {
    return own -> {
      lifetime.requireOpen();
      KeysValues before = layers[i];
      layers[i] =
          Memory.freeing(() -> kept(before == null ? contiguous(own) : before.followedBy(own)));
      close(before);
      return layers[i];
    };
  }

  /** All that was read, layer by layer; owned by this cache, until more is read. */
  public List<KeysValues> read() {
    lifetime.requireOpen();
    return List.of(layers);
  }

  /** Views would keep all that they are views of. */
  private static KeysValues contiguous(KeysValues own) {
    return new KeysValues(own.keys().contiguous(), own.values().contiguous());
  }

  private static KeysValues kept(KeysValues some) {
    return new KeysValues(kept(some.keys()), kept(some.values()));
  }

  private static Tensor kept(Tensor tensor) {
    return Memory.keep(new Tensor(tensor));
  }

  private static void close(@Nullable KeysValues some) {
    if (some != null) {
      some.keys().close();
      some.values().close();
    }
  }

  @Override
  public void close() {
    lifetime.close(() -> Arrays.stream(layers).forEach(KeyValueCache::close));
  }
}
