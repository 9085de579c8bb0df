package dev.dualprocess.qwen25vl;

import com.google.common.primitives.ImmutableLongArray;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The prompts used last, prepared. A distillation asks the same few questions at every step;
 * preparing them once keeps the step free of copies to the device, which wait for it.
 */
final class PromptCache implements AutoCloseable {
  private static final int MOST = 16;

  private final Map<Key, PreparedPrompt> prepared = new LinkedHashMap<>(MOST, 0.75f, true);

  private record Key(ImmutableLongArray inputIds, Grid grid) {}

  /** That prompt, prepared now if it was not lately; owned by this cache. */
  PreparedPrompt get(long[] inputIds, Grid grid, Supplier<PreparedPrompt> prepare) {
    Key key = new Key(ImmutableLongArray.copyOf(inputIds), grid);
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
