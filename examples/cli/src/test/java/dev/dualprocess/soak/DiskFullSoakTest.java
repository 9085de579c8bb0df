package dev.dualprocess.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dualprocess.cli.DualProcess;
import dev.dualprocess.cli.ModelFolders;
import dev.dualprocess.cli.hub.FolderHub;
import dev.dualprocess.testing.Soak;
import dev.dualprocess.testing.SoakRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands on a file system without room, each size a little larger than the last. A script mounts
 * it in a namespace of its own, lets the command fail, makes room and lets it go on.
 */
@Tag("soak")
class DiskFullSoakTest {
  private static final int SIZES = 20;
  private static final long BLOCK = 4096;

  /** Names the file, or the folder that has too little room for a download. */
  private static final Pattern TOLD =
      Pattern.compile(
          "(?m)^dualprocess: .*(/disk/.*[Nn]o space left|are needed in .*/disk/.* are free).*$");

  /**
   * The file system is $1, of $2 bytes; what is left there is copied to $3; $4 is put there first.
   * The rest is the command.
   */
  private static final String SCRIPT =
      """
      disk=$1; size=$2; copy=$3; before=$4; shift 4
      mount -t tmpfs -o size=$size,nr_inodes=10000 tmpfs "$disk" || exit 99
      [ -z "$before" ] || cp -r "$before" "$disk/before" || exit 98
      "$@"; rc=$?
      [ -z "$before" ] || diff -r "$before" "$disk/before" || exit 97
      echo "first try: $rc"
      mount -o remount,size=64m "$disk" || exit 96
      if [ $rc -ne 0 ]; then "$@"; rc=$?; fi
      cp -r "$disk/out" "$copy"
      exit $rc
      """;

  @TempDir private Path folder;

  @BeforeEach
  void requireNamespaces() throws IOException, InterruptedException {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/unshare"))
            && new ProcessBuilder("unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt")
                    .start()
                    .waitFor()
                == 0,
        "this system lets nobody mount a small file system in a namespace of their own");
  }

  private static void assumeSoak() {
    assumeTrue(Soak.times(SIZES) > 1, "in the soak alone: 'distill' writes such files, too");
  }

  /** A command whose results go to {@code out}. */
  @FunctionalInterface
  interface Command {
    List<String> into(Path out);
  }

  @Test
  void distill() throws IOException, InterruptedException {
    fill(
        "disk full: distill",
        Map.of(),
        out ->
            RunSamples.distill(
                out,
                "--steps",
                "2",
                "--evaluation-seeds",
                "1",
                "--checkpoint-every",
                "1",
                "--json",
                "--resume"));
  }

  @Test
  void generate() throws IOException, InterruptedException {
    assumeSoak();
    fill(
        "disk full: generate",
        Map.of(),
        out ->
            List.of(
                "generate",
                "--generator",
                RunSamples.generator(),
                "--prompt",
                "a house",
                "--size",
                "64x64",
                "--count",
                "3",
                "--threads",
                "1",
                "--out",
                out.toString()));
  }

  @Test
  void convert() throws IOException, InterruptedException {
    assumeSoak();
    Path lora = LoraSamples.write(Files.createDirectories(folder.resolve("loras"))).get(0);
    fill(
        "disk full: lora convert",
        Map.of(),
        out ->
            List.of("lora", "convert", lora.toString(), "--to", "peft", "--out", out.toString()));
  }

  @Test
  void download() throws IOException, InterruptedException {
    Path repo = ModelFolders.copyOfGenerator(folder.resolve("repo"));
    try (FolderHub hub = new FolderHub("maker/tiny", repo)) {
      String cache = folder.resolve("disk/out").toString();
      Map<String, String> environment =
          Map.of("HF_ENDPOINT", hub.address().toString(), "HF_HOME", cache, "HF_HUB_CACHE", cache);
      fill("disk full: models get", environment, out -> List.of("models", "get", "maker/tiny"));
    }
  }

  private void fill(String what, Map<String, String> environment, Command command)
      throws IOException, InterruptedException {
    Path disk = Files.createDirectories(folder.resolve("disk"));
    Path whole = folder.resolve("whole");
    int sizes = Soak.times(SIZES);
    List<String> args = command.into(disk.resolve("out"));
    List<String> faults = new ArrayList<>();
    run(64L << 20, whole, "", environment, args);
    long needed = bytes(whole);
    long before = bytes(Path.of(earlier()));
    int refused = 0;
    int accepted = 0;
    for (int i = 0; i < sizes; i++) {
      long size = before + BLOCK * 2 + needed * (2 * i + 1) / (2L * sizes);
      Path copy = folder.resolve("copy-" + i);
      String told = run(size, copy, earlier(), environment, args);
      boolean ended = told.contains("first try: 0");
      refused += ended ? 0 : 1;
      accepted += ended ? 1 : 0;
      if (told.startsWith("ended with") || (!ended && !TOLD.matcher(told).find())) {
        faults.add("%s at %d bytes: %s".formatted(what, size, told));
      }
      faults.addAll(FinishedFiles.differences(whole, copy));
    }
    Soak.tell(new SoakRow(what, sizes, refused, accepted, faults.size(), 0, 0));
    assertEquals("", String.join("\n", faults));
  }

  /** Results of another run, which stand on the same file system. */
  private String earlier() throws IOException {
    Path earlier = folder.resolve("earlier");
    if (!Files.exists(earlier)) {
      Files.writeString(Files.createDirectories(earlier).resolve("results.json"), "{}");
    }
    return earlier.toString();
  }

  private String run(
      long size, Path copy, String earlier, Map<String, String> environment, List<String> args)
      throws IOException, InterruptedException {
    List<String> prefix =
        List.of(
            "unshare",
            "-Urm",
            "sh",
            "-c",
            SCRIPT,
            "sh",
            folder.resolve("disk").toString(),
            Long.toString(size),
            copy.toString(),
            earlier);
    Path log = folder.resolve("log.txt");
    List<String> options = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    Process process = Child.start(prefix, DualProcess.class, options, args, log, environment);
    int exitCode = process.waitFor();
    String told = Files.readString(log);
    return exitCode == 0 ? told : "ended with " + exitCode + " though there was room: " + told;
  }

  private static long bytes(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .mapToLong(file -> BLOCK + (file.toFile().length() + BLOCK - 1) / BLOCK * BLOCK)
          .sum();
    }
  }
}
