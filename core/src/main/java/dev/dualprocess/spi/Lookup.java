package dev.dualprocess.spi;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the services of one kind with {@link ServiceLoader}. One that cannot be used is {@link
 * PluginClassLoader#tell told of} and left out, whatever it throws.
 */
final class Lookup<S> {
  private static final int MOST_FAILURES = 1000; // of a class loader that fails without end

  private final ClassLoader loader;
  private final Class<? extends S> kind;
  private final Function<S, String> naming;
  private final List<Installed<S>> found = new ArrayList<>();
  private final Map<String, Origin> loaded = new HashMap<>(); // by class, used or not

  private Lookup(ClassLoader loader, Class<? extends S> kind, Function<S, String> naming) {
    this.loader = loader;
    this.kind = kind;
    this.naming = naming;
  }

  /** All that can be used, in the order of the class path. */
  static <S> List<Installed<S>> find(
      ClassLoader loader, Class<? extends S> kind, Function<S, String> naming) {
    Lookup<S> lookup = new Lookup<>(loader, kind, naming);
    lookup.load();
    ServicesFile.all(loader, kind).forEach(file -> file.explain(lookup.loaded));
    return lookup.found;
  }

  private void load() {
    Iterator<? extends ServiceLoader.Provider<? extends S>> offered =
        ServiceLoader.load(kind, loader).stream().iterator();
    for (int failures = 0; failures < MOST_FAILURES; ) {
      try {
        if (!offered.hasNext()) {
          return;
        }
        add(offered.next());
      } catch (ServiceConfigurationError | LinkageError e) {
        failures++; // its services file tells which one it is, and why
      }
    }
  }

  private void add(ServiceLoader.Provider<? extends S> offered) {
    String type = offered.type().getName();
    Origin origin = Origin.of(offered.type());
    loaded.put(type, origin);
    S service;
    try {
      service = offered.get();
    } catch (ServiceConfigurationError e) {
      Throwable thrown = Optional.ofNullable(e.getCause()).orElse(e);
      leaveOut(origin, type, Failure.told("cannot be made", thrown), thrown);
      return;
    }
    try {
      String name = naming.apply(service);
      if (name == null || name.isBlank()) {
        leaveOut(origin, type, "has no name", /* thrown= */ null);
      } else {
        found.add(new Installed<>(name, service, origin));
      }
    } catch (RuntimeException | LinkageError | AssertionError e) {
      leaveOut(origin, type, Failure.told("cannot tell its name", e), e);
    }
  }

  private void leaveOut(Origin origin, String type, String why, @Nullable Throwable thrown) {
    PluginClassLoader.tell(loader, new LeftOut(origin, type, why, Optional.ofNullable(thrown)));
  }
}
