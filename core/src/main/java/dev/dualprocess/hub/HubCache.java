package dev.dualprocess.hub;

import dev.dualprocess.config.Warnings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local cache of the Hugging Face hub, read only: {@code models--ORG--NAME/snapshots/REVISION}.
 * Nothing is downloaded here; see {@link Hub}. Immutable.
 */
public final class HubCache {
  private static final Logger LOG = LoggerFactory.getLogger(HubCache.class);
  private static final Warnings WARNINGS = new Warnings(LOG);

  private final Path root;

  /** A cache in that folder. */
  public HubCache(Path root) {
    this.root = root;
  }

  /** Where the hub's own tools keep it, as {@link HubSettings#of} says. */
  public static HubCache ofUser() {
    return of(System.getenv());
  }

  /** Where the hub's own tools keep it by those variables. */
  public static HubCache of(Map<String, String> variables) {
    return new HubCache(new HubVariables(variables).cache());
  }

  /** The cache's folder, which need not exist. */
  public Path root() {
    return root;
  }

  /**
   * The snapshot of a hub id, such as {@code black-forest-labs/FLUX.1-schnell}: that of branch
   * main, else the newest. One without its top config file has not arrived.
   */
  public Optional<Path> snapshot(String id) throws IOException {
    Optional<HubId> known = HubId.of(id);
    return known.isPresent() ? snapshot(known.get()) : Optional.empty();
  }

  private Optional<Path> snapshot(HubId id) throws IOException {
    Path model = id.folderIn(root);
    Path main = model.resolve("refs").resolve("main");
    if (Files.isRegularFile(main)) {
      Path snapshot = model.resolve("snapshots").resolve(Files.readString(main).strip());
      if (Files.isDirectory(snapshot)) {
        return Optional.of(snapshot);
      }
    }
    return newest(id, arrived(model.resolve("snapshots")));
  }

  private static List<Path> arrived(Path snapshots) throws IOException {
    return children(snapshots).stream()
        .filter(
            folder ->
                Files.exists(folder.resolve("model_index.json"))
                    || Files.exists(folder.resolve("config.json")))
        .toList();
  }

  private static Optional<Path> newest(HubId id, List<Path> snapshots) {
    Optional<Path> newest =
        snapshots.stream()
            .max(Comparator.comparing(HubCache::changed).thenComparing(Path::getFileName));
    if (snapshots.size() > 1) {
      WARNINGS.once(
          ("%s: %d snapshots and none is marked as branch main: %s is taken, the newest; give its"
                  + " folder to choose another")
              .formatted(id, snapshots.size(), newest.orElseThrow()));
    }
    return newest;
  }

  private static FileTime changed(Path folder) {
    try {
      return Files.getLastModifiedTime(folder);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  /** The ids of all models in the cache. */
  public List<String> ids() throws IOException {
    List<String> ids = new ArrayList<>();
    for (Path model : children(root)) {
      HubId.ofFolder(model.getFileName().toString()).map(HubId::text).ifPresent(ids::add);
    }
    return ids;
  }

  private static List<Path> children(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(folder)) {
      return list.filter(Files::isDirectory).sorted().toList();
    }
  }
}
