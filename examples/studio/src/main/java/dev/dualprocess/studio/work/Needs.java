package dev.dualprocess.studio.work;

import java.util.List;
import java.util.Optional;

/**
 * Which models some work is done with.
 *
 * @param generator its id, if one is needed
 * @param verifiers their ids, empty if none is needed
 */
public record Needs(Optional<String> generator, List<String> verifiers) {
  /** Of both. */
  public static Needs both(String generator, List<String> verifiers) {
    return new Needs(Optional.of(generator), verifiers);
  }

  /** Of a generator alone. */
  public static Needs generator(String id) {
    return new Needs(Optional.of(id), List.of());
  }
}
