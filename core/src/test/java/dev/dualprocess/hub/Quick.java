package dev.dualprocess.hub;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Hubs for tests: without patience. */
final class Quick {
  static final Tuning TUNING =
      new Tuning(
          Duration.ofSeconds(2),
          Duration.ofMillis(1500),
          4,
          Duration.ofMillis(5),
          Duration.ofMillis(300),
          3,
          folder -> Long.MAX_VALUE,
          Links.SYSTEM);

  private Quick() {}

  static HubSettings settings(URI endpoint, Path cache) {
    return new HubSettings(endpoint, Optional.of(new AccessToken("hf_secret")), cache, false);
  }

  static Hub hub(FakeHub server, Path cache) {
    return new Hub(settings(server.address(), cache), TUNING);
  }

  static HubDownload download(Hub hub) throws java.io.IOException {
    Repo repo = hub.list(FakeRepo.ID, "main", HubListener.NONE);
    return hub.download(repo, repo);
  }

  /** Downloads everything. */
  static Path get(Hub hub) throws java.io.IOException {
    return download(hub).run(HubListener.NONE);
  }
}
