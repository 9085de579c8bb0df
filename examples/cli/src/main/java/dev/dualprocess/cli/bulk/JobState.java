package dev.dualprocess.cli.bulk;

import java.util.Locale;

/** Where a job is. */
enum JobState {
  /** Somebody may begin it, or go on with it. */
  WAITING,
  /** Somebody is at it. */
  RUNNING,
  /** It has ended. */
  DONE,
  /** It has failed as often as it may. */
  FAILED;

  /** Whether nobody will begin it any more. */
  boolean isFinal() {
    return this == DONE || this == FAILED;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
