package dev.dualprocess.spi;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toUnmodifiableList;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The services of one kind that were found, by name. Two of the same name stand in each other's way
 * only: who asks for that name is refused. Immutable.
 *
 * @param <S> the kind
 */
public final class Services<S> {
  private final String kind;
  private final ImmutableSortedMap<String, List<Installed<S>>> byName;

  /** Those, of which people speak as {@code kind}, such as "verifier providers". */
  Services(String kind, Collection<Installed<S>> found) {
    this.kind = kind;
    Map<String, List<Installed<S>>> map =
        found.stream().collect(groupingBy(Installed::name, toUnmodifiableList()));
    byName = ImmutableSortedMap.copyOf(map);
  }

  static <S> Services<S> find(
      String kind, Class<? extends S> service, Function<S, String> naming, ClassLoader loader) {
    return new Services<>(kind, Lookup.find(loader, service, naming));
  }

  /** All of them, by name; several of the same name too. */
  public List<Installed<S>> all() {
    return byName.values().stream().flatMap(List::stream).toList();
  }

  /** Their names. */
  public Set<String> names() {
    return byName.keySet();
  }

  /** Whether it is the only one of its name. */
  boolean alone(Installed<S> one) {
    return byName.getOrDefault(one.name(), List.of()).size() == 1;
  }

  /**
   * The one of that name, if there is any.
   *
   * @throws IllegalStateException that tells both classes and where they come from, if there are
   *     two
   */
  public Optional<S> named(String name) {
    List<Installed<S>> found = byName.getOrDefault(name, List.of());
    if (found.size() > 1) {
      throw new IllegalStateException(
          "two %s are named '%s': %s, and %s; take one of them away"
              .formatted(kind, name, found.get(0), found.get(1)));
    }
    return found.stream().map(Installed::service).findFirst();
  }
}
