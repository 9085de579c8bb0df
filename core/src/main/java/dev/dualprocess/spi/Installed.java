package dev.dualprocess.spi;

/**
 * A service that was found.
 *
 * @param name the name that it gave when it was found
 * @param service what it is
 * @param origin where it comes from
 * @param <S> the kind
 */
public record Installed<S>(String name, S service, Origin origin) {
  /** Whether a {@link PluginClassLoader} loaded it, not the program's own class loader. */
  public boolean plugIn() {
    return service.getClass().getClassLoader() instanceof PluginClassLoader;
  }

  @Override
  public String toString() {
    return service.getClass().getName() + " in " + origin;
  }
}
