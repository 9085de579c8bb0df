package dev.dualprocess.spark;

import dev.dualprocess.cli.bulk.Worker;

/** A job has failed, which Spark need not know. */
final class JobFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final Throwable reason;

  /** With what people are told, in one line. */
  JobFailure(String told, Throwable reason) {
    super(told, reason);
    this.reason = reason;
  }

  String told() {
    return String.valueOf(getMessage());
  }

  /** Whether the process can go on afterwards. */
  boolean isHarmless() {
    return Worker.isHarmless(reason);
  }
}
