package dev.dualprocess.hub;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Brings the content of one file after the other into the cache. Safe for several threads. */
final class BlobDownload {
  private static final Pattern RANGE =
      Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");

  private final Transport transport;
  private final HubSettings settings;
  private final Repo repo;
  private final Storage storage;
  private final HubListener listener;
  private final Retries retries;

  BlobDownload(Transport transport, HubSettings settings, Repo repo, Retries retries) {
    this.transport = transport;
    this.settings = settings;
    this.repo = repo;
    this.retries = retries;
    listener = retries.listener();
    storage = new Storage(settings.cache(), repo.id());
  }

  /** Makes sure that the content is there; one process alone brings it. */
  void fetch(RepoFile file) throws IOException {
    Path blob = storage.blob(file);
    Files.createDirectories(blob.getParent());
    Runnable waiting = () -> listener.waits(file.path() + " is arriving in another process");
    long before = Incomplete.left(blob, file);
    try (LockFile lock = LockFile.acquire(storage.lock(file), waiting)) {
      boolean whole = Storage.whole(blob, file);
      listener.arrived((whole ? file.size() : Incomplete.left(blob, file)) - before);
      if (!whole) {
        bringTwice(file, blob);
      }
    }
    listener.finished(file);
  }

  /** What a server sends wrong once may be right the second time. */
  private void bringTwice(RepoFile file, Path blob) throws IOException {
    try {
      bring(file, blob);
    } catch (ContentException first) {
      listener.waits(
          "%s: %s; once more from its beginning".formatted(file.path(), first.getMessage()));
      try {
        bring(file, blob);
      } catch (ContentException second) {
        throw new IOException(
            "%s of %s: what %s sends is not what it should be: %s"
                .formatted(
                    file.path(), repo.id(), settings.endpoint().getHost(), second.getMessage()),
            second);
      }
    }
  }

  private void bring(RepoFile file, Path blob) throws IOException {
    try (Incomplete incomplete = Incomplete.open(file, blob, listener)) {
      try {
        while (!incomplete.complete()) {
          retries.run(file.path(), incomplete::position, () -> go(file, incomplete));
        }
        incomplete.become(blob);
      } catch (ContentException e) {
        incomplete.restart();
        Files.deleteIfExists(Incomplete.beside(blob));
        throw e;
      }
    }
  }

  /** One request, from where the file ends so far. */
  private Transport.Answer go(RepoFile file, Incomplete incomplete) throws IOException {
    long from = incomplete.position();
    Map<String, String> range = from == 0 ? Map.of() : Map.of("Range", "bytes=" + from + "-");
    Transport.Answer answer =
        transport.get(
            settings.content(repo, file),
            range,
            (status, headers) -> opened(status, headers, file, incomplete));
    if (answer.status() == 416) {
      incomplete.restart();
      throw new PassingException("the server knows no such range");
    }
    new Refusals(settings, repo.id(), repo.revision()).require(answer, file.path());
    if (incomplete.position() == from && !incomplete.complete()) {
      throw new PassingException("the server sends nothing of it");
    }
    return answer;
  }

  /** A server that does not go on where it was asked to starts again. */
  private static Sink opened(int status, HttpHeaders headers, RepoFile file, Incomplete incomplete)
      throws IOException {
    if (status == 200) {
      if (incomplete.position() > 0) {
        incomplete.restart();
      }
      return incomplete;
    }
    Matcher range = RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
    boolean right =
        range.matches()
            && Long.parseLong(range.group(1)) == incomplete.position()
            && (range.group(2).equals("*") || Long.parseLong(range.group(2)) == file.size());
    if (!right) {
      incomplete.restart();
      throw new PassingException("the server sends another range");
    }
    return incomplete;
  }
}
