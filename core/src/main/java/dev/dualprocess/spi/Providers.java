package dev.dualprocess.spi;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import dev.dualprocess.Generator;
import dev.dualprocess.Verifier;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The providers of one kind that are installed, by name. One that cannot be used, whatever it
 * throws, is left out: the log tells of it, or the {@link PluginClassLoader} whoever made it. Two
 * of the same name are refused when that name is asked for.
 *
 * <p>They are looked for with the thread's context class loader, if that sees this library, else
 * with the library's own; or with one that the caller names. Immutable.
 *
 * @param <M> what they open
 */
public final class Providers<M extends AutoCloseable> {
  private final String kind;
  private final ClassLoader loader;
  private final Services<ModelProvider<M>> services;

  private Providers(String kind, ClassLoader loader, Services<ModelProvider<M>> services) {
    this.kind = kind;
    this.loader = loader;
    this.services = services;
  }

  private static <M extends AutoCloseable> Providers<M> find(
      String kind, Class<? extends ModelProvider<M>> type, ClassLoader loader) {
    return new Providers<>(
        kind, loader, Services.find(kind + " providers", type, ModelProvider::name, loader));
  }

  /** Every generator provider on the class path or among the thread's plug-ins. */
  public static Providers<Generator> generators() {
    return generators(PluginClassLoader.ofThread());
  }

  /** Every generator provider that a class loader sees. */
  public static Providers<Generator> generators(ClassLoader loader) {
    return find("generator", GeneratorProvider.class, loader);
  }

  /** Every verifier provider on the class path or among the thread's plug-ins. */
  public static Providers<Verifier> verifiers() {
    return verifiers(PluginClassLoader.ofThread());
  }

  /** Every verifier provider that a class loader sees. */
  public static Providers<Verifier> verifiers(ClassLoader loader) {
    return find("verifier", VerifierProvider.class, loader);
  }

  /** A set of providers of one's own. */
  static <M extends AutoCloseable> Providers<M> of(
      String kind, Collection<? extends ModelProvider<M>> providers) {
    List<Installed<ModelProvider<M>>> installed =
        providers.stream().map(Providers::<M>installed).toList();
    return new Providers<>(
        kind, PluginClassLoader.ofThread(), new Services<>(kind + " providers", installed));
  }

  private static <M extends AutoCloseable> Installed<ModelProvider<M>> installed(
      ModelProvider<M> provider) {
    return new Installed<>(provider.name(), provider, Origin.of(provider.getClass()));
  }

  /** What people call what they open, such as "generator". */
  public String kind() {
    return kind;
  }

  /** All that can be asked for, by name. */
  public Map<String, ModelProvider<M>> all() {
    return services.all().stream()
        .filter(services::alone)
        .collect(
            ImmutableSortedMap.toImmutableSortedMap(
                String::compareTo, Installed::name, Installed::service));
  }

  /** All of them and where they come from, by name; several of the same name too. */
  public List<Installed<ModelProvider<M>>> installed() {
    return services.all();
  }

  /** Their names. */
  public Set<String> names() {
    return services.names();
  }

  /**
   * The provider of that name.
   *
   * @throws IllegalArgumentException that tells the names there are
   * @throws IllegalStateException that tells both classes and where they come from, if two have it
   */
  public ModelProvider<M> named(String name) {
    return services
        .named(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no %s named '%s'; there are %s".formatted(kind, name, names())));
  }

  /** Those that read {@code folder}; one that fails to say whether it does is left out. */
  public List<Installed<ModelProvider<M>>> supporting(Path folder) {
    return services.all().stream().filter(one -> supports(one, folder)).toList();
  }

  private boolean supports(Installed<ModelProvider<M>> one, Path folder) {
    try {
      return one.service().supports(folder);
    } catch (RuntimeException | LinkageError | AssertionError e) {
      String type = one.service().getClass().getName();
      String why = Failure.told("cannot tell which folders it reads", e);
      PluginClassLoader.tell(loader, new LeftOut(one.origin(), type, why, Optional.of(e)));
      return false;
    }
  }

  /**
   * The provider that reads {@code folder}.
   *
   * @throws IOException in one line that says what is there instead, if the folder is missing or no
   *     provider, or more than one, reads it
   */
  public ModelProvider<M> reading(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      throw new IOException(folder + ": no such directory");
    }
    List<Installed<ModelProvider<M>>> able =
        Files.isDirectory(folder) ? supporting(folder) : List.of();
    if (able.isEmpty()) {
      throw new IOException(new Unread(folder, kind, read()).told(ofTheOtherKind(folder)));
    }
    if (able.size() > 1) {
      throw new IOException(
          "%s: more than one %s reads it: %s %s, and %s %s"
              .formatted(
                  folder, kind, able.get(0).name(), able.get(0), able.get(1).name(), able.get(1)));
    }
    return able.get(0).service();
  }

  /**
   * Why neither a generator nor a verifier reads a folder: what it says it is, and what is read.
   *
   * @throws IOException in one line, if the file that would tell is broken
   */
  public static String whyUnread(Path folder) throws IOException {
    Providers<?> wanted = Files.exists(folder.resolve(Unread.INDEX)) ? generators() : verifiers();
    return new Unread(folder, wanted.kind, wanted.read()).why(Optional.empty());
  }

  /** The kinds of model they read; their names, where none of them says. */
  private Set<String> read() {
    Set<String> kinds =
        services.all().stream()
            .flatMap(one -> one.service().reads().stream())
            .collect(ImmutableSortedSet.toImmutableSortedSet(String::compareTo));
    return kinds.isEmpty() ? names() : kinds;
  }

  /** Who reads a folder of the other kind of model that there is, for a message. */
  private Optional<String> ofTheOtherKind(Path folder) {
    return Stream.of(generators(loader), verifiers(loader))
        .filter(others -> !others.kind.equals(kind))
        .filter(others -> !others.supporting(folder).isEmpty())
        .map(Providers::kind)
        .findFirst();
  }

  /**
   * Opens the model in {@code folder} with the provider that reads it. The caller closes it.
   *
   * @throws IOException in one line, if no provider reads it, or its files are broken
   */
  public M open(Path folder, Placement placement) throws IOException {
    return reading(folder).open(Optional.of(folder), placement.requireAvailable());
  }
}
