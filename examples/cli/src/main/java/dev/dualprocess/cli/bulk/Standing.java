package dev.dualprocess.cli.bulk;

import dev.dualprocess.cli.bulk.Attempt.Outcome;
import java.util.List;
import java.util.Optional;

/**
 * Where a job is.
 *
 * @param state seen from all its tries
 * @param tries in their order
 */
record Standing(JobState state, List<Attempt> tries) {
  /** The try of that process that has not ended. */
  Optional<Attempt> openTryOf(ProcessName process) {
    return tries.stream()
        .filter(attempt -> attempt.outcome() == Outcome.RUNNING)
        .filter(attempt -> attempt.pid() == process.pid())
        .filter(attempt -> attempt.by().here())
        .findFirst();
  }

  /** How many tries failed. */
  long failures() {
    return tries.stream().filter(attempt -> attempt.outcome() == Outcome.FAILED).count();
  }

  /** Why it failed last, empty if it never did. */
  String reason() {
    return tries.stream()
        .filter(attempt -> attempt.outcome() == Outcome.FAILED)
        .reduce((first, second) -> second)
        .map(Attempt::reason)
        .orElse("");
  }

  /** Seconds of all its tries, and the devices they took. */
  double seconds() {
    return tries.stream().mapToDouble(Attempt::seconds).sum();
  }

  /** Where it was last tried. */
  String device() {
    return tries.isEmpty() ? "" : tries.get(tries.size() - 1).device();
  }
}
