package dev.dualprocess.spi;

import com.google.common.collect.ImmutableSortedMap;
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
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * The providers of one kind that are on the class path, by name. Two of the same name are refused.
 * Immutable.
 *
 * @param <M> what they open
 */
public final class Providers<M extends AutoCloseable> {
  private final String kind;
  private final ImmutableSortedMap<String, ModelProvider<M>> byName;

  private Providers(String kind, Iterable<? extends ModelProvider<M>> found) {
    this.kind = kind;
    Map<String, ModelProvider<M>> map = new TreeMap<>();
    for (ModelProvider<M> provider : found) {
      ModelProvider<M> other = map.putIfAbsent(provider.name(), provider);
      if (other != null) {
        throw new IllegalStateException(
            "two %s providers are named '%s': %s and %s"
                .formatted(
                    kind,
                    provider.name(),
                    other.getClass().getName(),
                    provider.getClass().getName()));
      }
    }
    byName = ImmutableSortedMap.copyOf(map);
  }

  /** Every generator provider on the class path. */
  public static Providers<Generator> generators() {
    return new Providers<>("generator", ServiceLoader.load(GeneratorProvider.class));
  }

  /** Every verifier provider on the class path. */
  public static Providers<Verifier> verifiers() {
    return new Providers<>("verifier", ServiceLoader.load(VerifierProvider.class));
  }

  /** A set of providers of one's own. */
  static <M extends AutoCloseable> Providers<M> of(
      String kind, Collection<? extends ModelProvider<M>> providers) {
    return new Providers<>(kind, providers);
  }

  /** All of them, by name. */
  public Map<String, ModelProvider<M>> all() {
    return byName;
  }

  /**
   * The provider of that name.
   *
   * @throws IllegalArgumentException that tells the names there are
   */
  public ModelProvider<M> named(String name) {
    ModelProvider<M> provider = byName.get(name);
    if (provider == null) {
      throw new IllegalArgumentException(
          "no %s named '%s'; there are %s".formatted(kind, name, byName.keySet()));
    }
    return provider;
  }

  /**
   * The provider that reads {@code folder}.
   *
   * @throws IOException in one line, if the folder is missing or no provider, or more than one,
   *     reads it
   */
  public ModelProvider<M> reading(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + ": no such directory");
    }
    List<ModelProvider<M>> able = byName.values().stream().filter(p -> p.supports(folder)).toList();
    if (able.isEmpty()) {
      throw new IOException(
          "%s: not a model directory that a %s here reads %s: it needs a model_index.json or config.json of one of them"
              .formatted(folder, kind, byName.keySet()));
    }
    if (able.size() > 1) {
      throw new IOException(
          folder
              + ": more than one "
              + kind
              + " reads it: "
              + able.stream().map(ModelProvider::name).toList());
    }
    return able.get(0);
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
