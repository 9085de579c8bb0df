package dev.dualprocess.cli.bulk;

import dev.dualprocess.run.ThisHost;
import java.time.Instant;

/**
 * Which process it is, among those of all machines and all times.
 *
 * @param pid its number
 * @param host its machine
 * @param started when it began, in milliseconds since 1970; 0 where that is not known
 */
public record ProcessName(long pid, String host, long started) {
  /** The system counts from its own start, which it knows by a clock that is set now and then. */
  private static final long SAME_MILLIS = 5_000;

  /** This process. */
  static ProcessName mine() {
    return of(ProcessHandle.current());
  }

  /** A process of this machine. */
  static ProcessName of(ProcessHandle handle) {
    long started = handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return new ProcessName(handle.pid(), ThisHost.name(), started);
  }

  /** Whether it is, or was, a process of this machine. */
  boolean here() {
    return host.equals(ThisHost.name());
  }

  /** Whether a process of this machine still runs. */
  boolean alive() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(found -> started == 0 || near(of(found).started()))
        .isPresent();
  }

  private boolean near(long other) {
    return other == 0 || Math.abs(other - started) <= SAME_MILLIS;
  }
}
