package dev.dualprocess.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The Hugging Face hub: what a model's repository consists of, and its files. The token goes to the
 * hub's own address alone, whatever it redirects to, and is never written anywhere. Safe for
 * several threads; several hubs and processes may fill one cache at the same time.
 */
public final class Hub {
  private static final int LARGEST_SMALL_FILE = 8 << 20;

  private final HubSettings settings;
  private final Tuning tuning;
  private final Transport transport;

  /** A hub by those settings; nothing is asked of it yet. */
  public Hub(HubSettings settings) {
    this(settings, Tuning.DEFAULT);
  }

  Hub(HubSettings settings, Tuning tuning) {
    this.settings = Objects.requireNonNull(settings, "settings");
    this.tuning = tuning;
    transport = new Transport(settings, tuning);
  }

  /** How it was made. */
  public HubSettings settings() {
    return settings;
  }

  /**
   * What a repository consists of.
   *
   * @param revision a branch, a tag, or a commit
   * @throws IOException in one line, if the hub cannot be reached, may not be asked, or does not
   *     show that repository
   * @throws IllegalArgumentException if that can be no revision
   */
  public Repo list(HubId id, String revision, HubListener listener) throws IOException {
    RepoFile.requireInside(revision);
    return new Listing(transport, settings, retries(listener), id, revision).ask();
  }

  /**
   * What a repository consisted of when it was last downloaded, if that is known; nothing is asked.
   */
  public Optional<Repo> remembered(HubId id, String revision) throws IOException {
    RepoFile.requireInside(revision);
    return new Storage(settings.cache(), id).remembered(revision);
  }

  /**
   * The content of a small file, checked, from the cache if it is there; nothing is written.
   *
   * @throws IOException in one line, if it cannot be had
   */
  public byte[] content(Repo repo, RepoFile file, HubListener listener) throws IOException {
    Path blob = new Storage(settings.cache(), repo.id()).blob(file);
    Path link = new Storage(settings.cache(), repo.id()).inSnapshot(repo.commit(), file);
    for (Path there : List.of(blob, link)) {
      if (Storage.whole(there, file)) {
        return Files.readAllBytes(there);
      }
    }
    return retries(listener).run(file.path(), () -> asked(repo, file));
  }

  private byte[] asked(Repo repo, RepoFile file) throws IOException {
    CollectedBody body = new CollectedBody(LARGEST_SMALL_FILE);
    URI address = settings.content(repo, file);
    new Refusals(settings, repo.id(), repo.revision())
        .require(transport.get(address, Map.of(), (status, headers) -> body), file.path());
    if (!file.isContent(body.bytes())) {
      throw new PassingException("what arrives is not what it should be by its checksum");
    }
    return body.bytes();
  }

  /** The download of all files of {@code wanted}, which is a part of {@code repo}. */
  public HubDownload download(Repo repo, Repo wanted) {
    return new HubDownload(transport, settings, tuning, repo, wanted);
  }

  private Retries retries(HubListener listener) {
    return new Retries(tuning, listener);
  }
}
