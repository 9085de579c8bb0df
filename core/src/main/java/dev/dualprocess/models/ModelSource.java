package dev.dualprocess.models;

import static java.util.stream.Collectors.joining;

import dev.dualprocess.CommitteeVerifier;
import dev.dualprocess.Generator;
import dev.dualprocess.Verifier;
import dev.dualprocess.config.UserPath;
import dev.dualprocess.hub.HubCache;
import dev.dualprocess.hub.HubId;
import dev.dualprocess.spi.BundledFolders;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.spi.ModelProvider;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.spi.Services;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model as a user names it: a folder, else the name of {@link BundledFolders} on the class path
 * ({@code tiny}), else a provider's name, else a hub id found in the local hub cache.
 *
 * @param named what the user wrote
 * @param folder the model's folder, where it has one
 * @param provider who opens it
 * @param weight how much a verifier counts beside others of a committee, above 0
 * @param <M> what it is
 */
public record ModelSource<M extends AutoCloseable>(
    String named, Optional<Path> folder, ModelProvider<M> provider, double weight) {
  private static final Logger LOG = LoggerFactory.getLogger(ModelSource.class);

  /** A model that counts as much as others do. */
  public ModelSource(String named, Optional<Path> folder, ModelProvider<M> provider) {
    this(named, folder, provider, 1);
  }

  /**
   * The generator of that name, from the class path or the thread's plug-ins.
   *
   * @throws IOException in one line that says where it was looked for, if there is none
   */
  public static ModelSource<Generator> generator(String name) throws IOException {
    return find(
        name, Providers.generators(), BundledFolders.installed(), BundledFolders::generator);
  }

  /** The generator of that name among what a class loader sees. */
  public static ModelSource<Generator> generator(String name, ClassLoader loader)
      throws IOException {
    return find(
        name,
        Providers.generators(loader),
        BundledFolders.installed(loader),
        BundledFolders::generator);
  }

  /**
   * The verifier of that name, from the class path or the thread's plug-ins.
   *
   * @throws IOException in one line that says where it was looked for, if there is none
   */
  public static ModelSource<Verifier> verifier(String name) throws IOException {
    return find(name, Providers.verifiers(), BundledFolders.installed(), BundledFolders::verifier);
  }

  /** The verifier of that name among what a class loader sees. */
  public static ModelSource<Verifier> verifier(String name, ClassLoader loader) throws IOException {
    return find(
        name,
        Providers.verifiers(loader),
        BundledFolders.installed(loader),
        BundledFolders::verifier);
  }

  private interface Unpacking {
    Path unpack(BundledFolders bundle) throws IOException;
  }

  private static <M extends AutoCloseable> ModelSource<M> find(
      String name, Providers<M> providers, Services<BundledFolders> bundles, Unpacking bundled)
      throws IOException {
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "the %s is empty: give its folder, its name or its id on the hub"
              .formatted(providers.kind()));
    }
    Path folder = UserPath.of(name);
    Optional<BundledFolders> bundle = bundles.named(name);
    if (Files.isDirectory(folder)) {
      if (bundle.isPresent() || providers.names().contains(name)) {
        LOG.warn(
            "{}: taken for the folder {}, not for the {} of that name; write ./{} to mean the folder,"
                + " and give the folder another name, or work in another one, to reach the other",
            name,
            folder.toAbsolutePath(),
            bundle.isPresent() ? "bundled " + providers.kind() : providers.kind(),
            name);
      }
      Path model = snapshotOf(folder).orElse(folder);
      return new ModelSource<>(name, Optional.of(model), providers.reading(model));
    }
    if (bundle.isPresent()) {
      Path unpacked = bundled.unpack(bundle.get());
      return new ModelSource<>(name, Optional.of(unpacked), providers.reading(unpacked));
    }
    if (providers.names().contains(name)) {
      return new ModelSource<>(name, Optional.empty(), providers.named(name));
    }
    Optional<Path> snapshot = HubCache.ofUser().snapshot(name);
    if (snapshot.isPresent()) {
      return new ModelSource<>(name, snapshot, providers.reading(snapshot.get()));
    }
    if (Files.exists(folder)) {
      providers.reading(folder); // tells what it is
    }
    String toDownload =
        HubId.of(name).map("; `dualprocess models get %s` downloads it"::formatted).orElse("");
    throw new IOException(
        "%s: no such %s: neither a model directory, %snor one of %s, nor a model in %s%s"
            .formatted(
                name,
                providers.kind(),
                bundles.names().stream().map("nor '%s', "::formatted).collect(joining()),
                providers.names(),
                HubCache.ofUser().root(),
                toDownload));
  }

  /** The snapshot in the hub cache's folder of a model, if that is what was given. */
  private static Optional<Path> snapshotOf(Path folder) throws IOException {
    Path whole = folder.toAbsolutePath().normalize();
    Optional<HubId> id = HubId.ofFolder(String.valueOf(whole.getFileName()));
    return id.isPresent() && whole.getParent() != null
        ? new HubCache(whole.getParent()).snapshot(id.get().text())
        : Optional.empty();
  }

  /**
   * The verifiers of those names, which may have {@linkplain Weighted weights}.
   *
   * @throws IOException in one line, if there is none of one name
   * @throws IllegalArgumentException in one line, if a weight is out of range
   */
  public static List<ModelSource<Verifier>> verifiers(List<String> names) throws IOException {
    List<ModelSource<Verifier>> sources = new ArrayList<>();
    for (String name : names) {
      Weighted member = Weighted.of(name);
      sources.add(verifier(member.name()).weighing(member));
    }
    return sources;
  }

  /** This model named and counting as a member of a committee. */
  public ModelSource<M> weighing(Weighted member) {
    return new ModelSource<>(member.written(), folder, provider, member.weight());
  }

  /**
   * Opens a verifier, or several as a committee; the caller closes it.
   *
   * @throws IOException in one line, if files are missing or broken; nothing stays open then
   */
  public static Verifier openVerifier(List<ModelSource<Verifier>> sources, Placement placement)
      throws IOException {
    return openVerifier(sources, LoadOptions.at(placement));
  }

  /**
   * Opens a verifier, or several as a committee; the caller closes it.
   *
   * @throws IOException in one line, if files are missing or broken; nothing stays open then
   */
  public static Verifier openVerifier(List<ModelSource<Verifier>> sources, LoadOptions opening)
      throws IOException {
    List<Verifier> members = new ArrayList<>();
    try {
      for (ModelSource<Verifier> source : sources) {
        members.add(source.open(opening));
      }
    } catch (IOException | RuntimeException e) {
      members.forEach(Verifier::close);
      throw e;
    }
    return members.size() == 1
        ? members.get(0)
        : new CommitteeVerifier(members, sources.stream().map(ModelSource::weight).toList());
  }

  /**
   * Opens the model with default {@link LoadOptions settings} there; the caller closes it.
   *
   * @throws IOException in one line, if its files are missing or broken
   */
  public M open(Placement placement) throws IOException {
    return open(LoadOptions.at(placement));
  }

  /**
   * Opens the model in that way; the caller closes it.
   *
   * @throws IOException in one line, if its files are missing or broken
   */
  public M open(LoadOptions opening) throws IOException {
    return provider.open(folder, opening.requireAvailable());
  }

  /**
   * Bytes of the weights in its folder and the folders in that: 0 where it has none, or they cannot
   * be looked at.
   */
  public long weightBytes() {
    if (folder.isEmpty()) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(folder.get(), 2, FileVisitOption.FOLLOW_LINKS)) {
      long bytes = 0;
      for (Path file : files.filter(MemoryEstimate::isWeights).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("{}: cannot be looked into", folder.get(), e);
      return 0;
    }
  }
}
