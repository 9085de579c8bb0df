package dev.dualprocess.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A download as a process of its own, which can be killed. */
final class HubProcess {
  private HubProcess() {}

  /** Downloads everything from the hub at the first argument into the cache at the second. */
  public static void main(String[] args) throws IOException {
    HubSettings settings =
        new HubSettings(URI.create(args[0]), Optional.empty(), Path.of(args[1]), false);
    Hub hub = new Hub(settings);
    Repo repo = hub.list(FakeRepo.ID, "main", HubListener.NONE);
    HubDownload download = hub.download(repo, repo);
    long before = System.nanoTime();
    download.run(
        new HubListener() {
          @Override
          public void waits(String why) {
            System.out.println("waits: " + why);
          }
        });
    System.out.println("done in " + (System.nanoTime() - before) / 1_000_000 + " ms");
  }

  static Process start(URI endpoint, Path cache, Path log) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            HubProcess.class.getName(),
            endpoint.toString(),
            cache.toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }
}
