package dev.dualprocess.models;

import dev.dualprocess.hub.Hub;
import dev.dualprocess.hub.HubDownload;
import dev.dualprocess.hub.HubId;
import dev.dualprocess.hub.HubListener;
import dev.dualprocess.hub.Repo;
import dev.dualprocess.hub.RepoFile;
import dev.dualprocess.spi.Installed;
import dev.dualprocess.spi.ModelProvider;
import dev.dualprocess.spi.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The download of a model: of the files that the provider which reads it needs, and no others.
 *
 * @param download of those files; nothing of it has run
 * @param readBy what will read them, such as "generator flux"
 */
public record ModelDownload(HubDownload download, List<String> readBy) {
  private static final Logger LOG = LoggerFactory.getLogger(ModelDownload.class);

  /** By which providers know a model. */
  private static final List<String> TOP = List.of("model_index.json", "config.json");

  private static final String NOT_DESCRIBED =
      "it has neither " + String.join(" nor ", TOP) + ", so it is no model that is read here";

  /** Both are needed. */
  public ModelDownload {
    readBy = List.copyOf(readBy);
  }

  /**
   * Finds out what there is to download, and writes nothing. Without a connection a model that is
   * whole in the cache is found too.
   *
   * @param revision a branch, a tag or a commit
   * @throws IOException in one line, if the hub does not give it, or no provider here reads it
   */
  public static ModelDownload of(Hub hub, HubId id, String revision, HubListener listener)
      throws IOException {
    Optional<Repo> remembered = hub.remembered(id, revision);
    if (remembered.filter(repo -> repo.commit().equals(revision)).isPresent()) {
      return of(hub, remembered.orElseThrow(), listener);
    }
    try {
      return of(hub, hub.list(id, revision, listener), listener);
    } catch (IOException e) {
      ModelDownload whole = whole(hub, remembered, listener).orElseThrow(() -> e);
      if (hub.settings().offline()) {
        return whole;
      }
      LOG.warn("{}; {} is whole in the cache as it was last seen", e.getMessage(), id);
      return whole;
    }
  }

  private static Optional<ModelDownload> whole(
      Hub hub, Optional<Repo> remembered, HubListener listener) throws IOException {
    if (remembered.isEmpty() || !hub.download(remembered.get(), top(remembered.get())).complete()) {
      return Optional.empty();
    }
    ModelDownload found = of(hub, remembered.get(), listener);
    return found.download().complete() ? Optional.of(found) : Optional.empty();
  }

  private static Repo top(Repo repo) {
    return repo.only(file -> TOP.contains(file.path()));
  }

  private static ModelDownload of(Hub hub, Repo repo, HubListener listener) throws IOException {
    Path folder = Files.createTempDirectory("dualprocess-hub");
    try {
      for (RepoFile file : top(repo).files()) {
        Files.write(folder.resolve(file.path()), hub.content(repo, file, listener));
      }
      List<String> readers = new ArrayList<>();
      List<String> patterns = new ArrayList<>();
      collect(Providers.generators(), folder, readers, patterns);
      collect(Providers.verifiers(), folder, readers, patterns);
      if (readers.isEmpty()) {
        throw new IOException(unread(repo.id(), folder));
      }
      return new ModelDownload(hub.download(repo, repo.wanted(patterns)), readers);
    } finally {
      for (String name : TOP) {
        Files.deleteIfExists(folder.resolve(name));
      }
      Files.delete(folder);
    }
  }

  private static <M extends AutoCloseable> void collect(
      Providers<M> providers, Path folder, List<String> readers, List<String> patterns) {
    for (Installed<ModelProvider<M>> one : providers.supporting(folder)) {
      readers.add(providers.kind() + " " + one.name());
      patterns.addAll(one.service().files());
    }
  }

  private static String unread(HubId id, Path folder) throws IOException {
    boolean described = TOP.stream().map(folder::resolve).anyMatch(Files::exists);
    return id + ": " + (described ? Providers.whyUnread(folder) : NOT_DESCRIBED);
  }
}
