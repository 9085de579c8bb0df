package dev.dualprocess.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The local cache of the Hugging Face hub, read only: {@code models--ORG--NAME/snapshots/REVISION}.
 * Nothing is ever downloaded.
 */
public final class HubCache {
  private final Path root;

  /** A cache in that folder. */
  public HubCache(Path root) {
    this.root = root;
  }

  /**
   * Where the hub's own tools keep it: {@code HF_HUB_CACHE}, {@code HF_HOME/hub}, or the default
   * folder.
   */
  public static HubCache ofUser() {
    String cache = System.getenv("HF_HUB_CACHE");
    String home = System.getenv("HF_HOME");
    if (cache != null && !cache.isBlank()) {
      return new HubCache(Path.of(cache));
    }
    if (home != null && !home.isBlank()) {
      return new HubCache(Path.of(home, "hub"));
    }
    return new HubCache(Path.of(System.getProperty("user.home"), ".cache", "huggingface", "hub"));
  }

  /** The cache's folder, which need not exist. */
  public Path root() {
    return root;
  }

  /**
   * The snapshot of a hub id, such as {@code black-forest-labs/FLUX.1-schnell}: that of branch
   * main, or the only one.
   */
  public Optional<Path> snapshot(String id) throws IOException {
    if (!id.matches("[\\w.-]+/[\\w.-]+")) {
      return Optional.empty();
    }
    Path model = root.resolve("models--" + id.replace("/", "--"));
    Path main = model.resolve("refs").resolve("main");
    if (Files.isRegularFile(main)) {
      Path snapshot = model.resolve("snapshots").resolve(Files.readString(main).strip());
      if (Files.isDirectory(snapshot)) {
        return Optional.of(snapshot);
      }
    }
    List<Path> all = children(model.resolve("snapshots"));
    return all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty();
  }

  /** The ids of all models in the cache. */
  public List<String> ids() throws IOException {
    List<String> ids = new ArrayList<>();
    for (Path model : children(root)) {
      String name = model.getFileName().toString();
      if (name.startsWith("models--")) {
        ids.add(name.substring("models--".length()).replaceFirst("--", "/"));
      }
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
