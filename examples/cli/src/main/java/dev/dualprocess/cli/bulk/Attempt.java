package dev.dualprocess.cli.bulk;

/**
 * One try at a job: a file that whoever begins it makes, which nobody else can then make.
 *
 * @param number of the try, from 1
 * @param fingerprint of the job's options
 * @param pid of the process
 * @param host where it runs
 * @param started when the process began, in milliseconds since 1970
 * @param device that it computes on
 * @param outcome what came of it
 * @param reason why it failed, else empty
 * @param seconds that it took
 */
record Attempt(
    int number,
    String fingerprint,
    long pid,
    String host,
    long started,
    String device,
    Outcome outcome,
    String reason,
    double seconds) {
  /** What came of a try. */
  enum Outcome {
    /** Nothing yet. */
    RUNNING,
    /** All that was asked for. */
    DONE,
    /** Nothing, and that counts. */
    FAILED,
    /** It was asked to stop, and can go on. */
    STOPPED,
    /** It failed, but somebody has asked for it again. */
    FORGIVEN
  }

  /** A try whose file cannot be read, or is just being written. */
  static Attempt unreadable(int number) {
    return new Attempt(number, "", 0, "", 0, "", Outcome.RUNNING, "", 0);
  }

  /** A try by that process, which begins. */
  static Attempt begun(int number, Job job, ProcessName by, String device) {
    return new Attempt(
        number,
        job.fingerprint(),
        by.pid(),
        by.host(),
        by.started(),
        device,
        Outcome.RUNNING,
        "",
        0);
  }

  /** This try at its end. */
  Attempt ended(Outcome how, String why, double took) {
    return new Attempt(number, fingerprint, pid, host, started, device, how, why, took);
  }

  /** Whose it is. */
  ProcessName by() {
    return new ProcessName(pid, host, started);
  }
}
