package dev.dualprocess.cli;

import dev.dualprocess.parallel.ProcessRanks;
import dev.dualprocess.parallel.Ranks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The devices that take each step of a run together, a process on each. */
final class RanksOptions {
  @Option(
      names = "--devices",
      split = ",",
      paramLabel = "DEVICE",
      description =
          "Take each step on several devices: cuda:0,cuda:1, or cpu,cpu; on each a process with models"
              + " of its own draws other seeds, and their gradients are averaged.")
  private List<String> devices = new ArrayList<>();

  @Option(names = "--as-rank", hidden = true)
  private int rank;

  @Option(names = "--meeting", hidden = true)
  private @Nullable Path meeting;

  @Option(names = "--goes-on-from", hidden = true)
  private @Nullable Path checkpoint;

  /**
   * Judges the devices before anything is loaded.
   *
   * @throws IllegalArgumentException in one line, if one of them is not here
   */
  void check() {
    devices.forEach(device -> PlacementOptions.of(device.strip(), null));
    boolean follower = meeting != null || checkpoint != null || rank != 0;
    if (follower && (meeting == null || rank < 1 || rank >= devices.size())) {
      throw new IllegalArgumentException(
          "--as-rank, --meeting and --goes-on-from are for the processes that --devices starts");
    }
  }

  /** How many take a step. */
  int size() {
    return Math.max(1, devices.size());
  }

  /** Whether this process was started by the one that the user started. */
  boolean follows() {
    return meeting != null;
  }

  /** This process's device, where several were named. */
  Optional<String> device() {
    return devices.isEmpty() ? Optional.empty() : Optional.of(devices.get(rank).strip());
  }

  /** The checkpoint that a process which follows goes on from, if any. */
  Optional<Path> checkpoint() {
    return Optional.ofNullable(checkpoint);
  }

  /** Meets the others as one of those that follow. */
  Ranks join() {
    return join(Objects.requireNonNull(meeting));
  }

  private Ranks join(Path at) {
    return ProcessRanks.join(at, rank, devices.stream().map(String::strip).toList());
  }

  /**
   * Starts the other processes and meets them; where there are none, this is alone.
   *
   * @param args of this command
   * @param from the checkpoint that all go on from, if any
   */
  RankProcesses start(List<String> args, Optional<Path> from) throws IOException {
    return RankProcesses.start(args, size() - 1, from, this::join);
  }
}
