package dev.dualprocess.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A download of 200 MB in the parts of FLUX.1 beside {@code curl} of the same files from the same
 * server, in turn. Not a test: {@code java -cp ... dev.dualprocess.hub.HubRace [pairs] [folder]}.
 */
final class HubRace {
  private HubRace() {}

  /** Prints the times of each pair and the ratio of the medians. */
  public static void main(String[] args) throws Exception {
    int pairs = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    Path folder = args.length > 1 ? Path.of(args[1]) : Files.createTempDirectory("hub-race");
    Files.createDirectories(folder);
    FakeRepo repo = FakeRepo.flux(200_000_000);
    List<Long> inside = new ArrayList<>();
    List<Long> process = new ArrayList<>();
    List<Long> curl = new ArrayList<>();
    List<Long> parallel = new ArrayList<>();
    try (FakeHub server = new FakeHub(repo)) {
      for (int pair = 0; pair < pairs; pair++) {
        download(server, folder, inside, process);
        curl.add(curl(server, repo, folder, List.of()));
        parallel.add(curl(server, repo, folder, List.of("--parallel", "--parallel-max", "4")));
        System.out.printf(
            Locale.ROOT,
            "pair %d: download %d ms (process %d ms), curl %d ms, curl --parallel %d ms%n",
            pair,
            inside.get(pair),
            process.get(pair),
            curl.get(pair),
            parallel.get(pair));
      }
    }
    System.out.printf(
        Locale.ROOT,
        "medians: download %d, process %d, curl %d, parallel %d ms; ratios to curl %.2f, %.2f%n",
        median(inside),
        median(process),
        median(curl),
        median(parallel),
        median(inside) / (double) median(curl),
        median(process) / (double) median(curl));
  }

  private static long median(List<Long> times) {
    return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
  }

  private static void download(FakeHub server, Path folder, List<Long> inside, List<Long> process)
      throws Exception {
    Path cache = folder.resolve("cache");
    Path log = folder.resolve("log");
    long before = System.nanoTime();
    int code = HubProcess.start(server.address(), cache, log).waitFor();
    process.add((System.nanoTime() - before) / 1_000_000);
    String told = Files.readString(log);
    if (code != 0) {
      throw new IOException(told);
    }
    inside.add(Long.parseLong(told.replaceAll("(?s).*done in (\\d+) ms.*", "$1")));
    delete(cache);
  }

  private static long curl(FakeHub server, FakeRepo repo, Path folder, List<String> options)
      throws Exception {
    Path there = folder.resolve("curl");
    List<String> command =
        new ArrayList<>(List.of("curl", "-sS", "--no-progress-meter", "--create-dirs"));
    command.addAll(options);
    for (RepoFile file : repo.files()) {
      command.add("-o");
      command.add(there.resolve(file.path()).toString());
      command.add(
          "%s/%s/resolve/%s/%s"
              .formatted(server.address(), FakeRepo.ID, FakeRepo.COMMIT, file.path()));
    }
    long before = System.nanoTime();
    int code = new ProcessBuilder(command).inheritIO().start().waitFor();
    long millis = (System.nanoTime() - before) / 1_000_000;
    if (code != 0) {
      throw new IOException("curl ends with " + code);
    }
    delete(there);
    return millis;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
