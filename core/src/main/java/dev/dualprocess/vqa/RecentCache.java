package dev.dualprocess.vqa;

import dev.dualprocess.tensor.CachedTensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What was made for the last few keys. A distillation asks the same few questions at every step;
 * preparing them once keeps the step free of copies to the device, which wait for it.
 *
 * @param <K> all that what is made depends on, with equality by value
 * @param <V> holds native memory
 */
final class RecentCache<K, V> implements AutoCloseable {
  private static final int MOST = 16;

  private final Map<K, V> made = new LinkedHashMap<>(MOST, 0.75f, true);
  private final Consumer<V> free;

  /** An empty cache that frees what it forgets with {@code free}. */
  RecentCache(Consumer<V> free) {
    this.free = free;
  }

  /** What belongs to that key, made now if it was not lately; owned by this cache. */
  V get(K key, Supplier<V> make) {
    V known = made.get(key);
    if (known != null) {
      return known;
    }
    if (made.size() == MOST) {
      CachedTensors.freed();
      free.accept(made.remove(made.keySet().iterator().next()));
    }
    V value = make.get();
    made.put(key, value);
    return value;
  }

  @Override
  public void close() {
    CachedTensors.freed();
    made.values().forEach(free);
    made.clear();
  }
}
