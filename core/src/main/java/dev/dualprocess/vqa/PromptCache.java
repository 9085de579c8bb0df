package dev.dualprocess.vqa;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The prompts used last, prepared. A distillation asks the same few questions at every step;
 * preparing them once keeps the step free of copies to the device, which wait for it.
 *
 * @param <K> all that a prepared prompt depends on, with equality by value
 */
final class PromptCache<K> implements AutoCloseable {
  private static final int MOST = 16;

  private final Map<K, PreparedPrompt> prepared = new LinkedHashMap<>(MOST, 0.75f, true);

  /** That prompt, prepared now if it was not lately; owned by this cache. */
  PreparedPrompt get(K key, Supplier<PreparedPrompt> prepare) {
    PreparedPrompt known = prepared.get(key);
    if (known != null) {
      return known;
    }
    if (prepared.size() == MOST) {
      prepared.remove(prepared.keySet().iterator().next()).close();
    }
    PreparedPrompt made = prepare.get();
    prepared.put(key, made);
    return made;
  }

  @Override
  public void close() {
    prepared.values().forEach(PreparedPrompt::close);
    prepared.clear();
  }
}
