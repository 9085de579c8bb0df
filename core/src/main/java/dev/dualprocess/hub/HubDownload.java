package dev.dualprocess.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Files of one commit on their way into the cache. A process that dies at any moment loses no
 * finished file, and the next one goes on where it was. The snapshot appears when all is there.
 */
public final class HubDownload {
  private final Transport transport;
  private final HubSettings settings;
  private final Tuning tuning;
  private final Repo repo;
  private final Repo wanted;
  private final Storage storage;

  HubDownload(Transport transport, HubSettings settings, Tuning tuning, Repo repo, Repo wanted) {
    this.transport = transport;
    this.settings = settings;
    this.tuning = tuning;
    this.repo = repo;
    this.wanted = wanted;
    storage = new Storage(settings.cache(), repo.id());
  }

  /** All files that are wanted. */
  public Repo wanted() {
    return wanted;
  }

  /** Those of them that are not in the cache; of several with the same content one. */
  public List<RepoFile> missing() throws IOException {
    Map<String, RepoFile> missing = new LinkedHashMap<>();
    for (RepoFile file : wanted.files()) {
      if (!storage.has(repo.commit(), file)) {
        missing.putIfAbsent(file.etag(), file);
      }
    }
    return List.copyOf(missing.values());
  }

  /** How many bytes have to come; less than the missing files where some of one has arrived. */
  public long missingBytes() throws IOException {
    long bytes = 0;
    for (RepoFile file : missing()) {
      bytes += file.size() - Incomplete.left(storage.blob(file), file);
    }
    return bytes;
  }

  /** Whether the snapshot is there with all that is wanted. */
  public boolean complete() throws IOException {
    for (RepoFile file : wanted.files()) {
      if (!Storage.whole(storage.inSnapshot(repo.commit(), file), file)) {
        return false;
      }
    }
    return storage.commit(repo.revision()).filter(repo.commit()::equals).isPresent();
  }

  /** The folder that the files are in, when they are there. */
  public Path folder() {
    return storage.snapshot(repo.commit());
  }

  /**
   * Brings what is missing. Where nothing is, nothing is asked and nothing written.
   *
   * @return the snapshot's folder
   * @throws IOException in one line, if a file cannot be had or written, or there is no room;
   *     whatever arrived is kept
   */
  public Path run(HubListener listener) throws IOException {
    if (complete()) {
      return folder();
    }
    List<RepoFile> missing = missing();
    long bytes = missingBytes();
    requireSpace(bytes);
    listener.begins(wanted.bytes(), wanted.bytes() - bytes);
    fetch(missing, listener);
    Runnable waiting = () -> listener.waits(repo.id() + " is being finished in another process");
    try (LockFile lock = LockFile.acquire(storage.lockOfNames(), waiting)) {
      giveNames();
    }
    return folder();
  }

  /** What makes the download {@link #complete} comes last; until then a kill is made good. */
  private void giveNames() throws IOException {
    storage.removeUnfinished(repo.revision());
    storage.remember(repo);
    link();
    storage.remember(repo.revision(), repo.commit());
  }

  private void requireSpace(long bytes) throws IOException {
    Path folder = storage.folder().toAbsolutePath();
    while (folder.getParent() != null && !Files.isDirectory(folder)) {
      folder = folder.getParent();
    }
    long free = tuning.space().free(folder);
    if (bytes > free) {
      throw new IOException(
          "%s: %s are needed in %s and %s are free; HF_HUB_CACHE names another place"
              .formatted(repo.id(), size(bytes), settings.cache(), size(free)));
    }
  }

  /** As people read it: powers of ten, as the hub's pages have it. */
  public static String size(long bytes) {
    String[] units = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double value = bytes;
    int unit = 0;
    while (value >= 999.95 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  }

  /** Several at a time, the largest first; where one fails for good, the others stop. */
  private void fetch(List<RepoFile> files, HubListener listener) throws IOException {
    BlobDownload blobs = new BlobDownload(transport, settings, repo, new Retries(tuning, listener));
    ExecutorService workers = Executors.newFixedThreadPool(tuning.parallel(), HubDownload::daemon);
    try {
      CompletionService<@Nullable Void> arriving = new ExecutorCompletionService<>(workers);
      files.stream()
          .sorted(Comparator.comparingLong(RepoFile::size).reversed())
          .forEach(
              file ->
                  arriving.submit(
                      () -> {
                        blobs.fetch(file);
                        return null;
                      }));
      for (int i = 0; i < files.size(); i++) {
        arriving.take().get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the download was interrupted; what arrived is kept");
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } finally {
      end(workers);
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "hub-download");
    thread.setDaemon(true);
    return thread;
  }

  private static IOException failure(@Nullable Throwable cause) {
    if (cause instanceof IOException e) {
      return e;
    }
    return new IOException("the download failed: " + cause, cause);
  }

  /** Nobody writes any more when this returns. */
  private static void end(ExecutorService workers) {
    workers.shutdownNow();
    boolean interrupted = false;
    while (!workers.isTerminated()) {
      try {
        workers.awaitTermination(1, java.util.concurrent.TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The files by which providers know a folder come last: a snapshot without them is none. */
  private void link() throws IOException {
    List<RepoFile> inOrder =
        wanted.files().stream()
            .sorted(Comparator.comparing((RepoFile file) -> !file.path().contains("/")))
            .toList();
    for (RepoFile file : inOrder) {
      Path link = storage.inSnapshot(repo.commit(), file);
      if (!Storage.whole(link, file)) {
        tuning.links().make(link, storage.blob(file));
      }
    }
  }
}
