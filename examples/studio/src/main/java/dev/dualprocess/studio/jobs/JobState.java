package dev.dualprocess.studio.jobs;

import java.util.Locale;

/** Where a job is. */
public enum JobState {
  /** It waits for its turn. */
  QUEUED,
  /** It is being run. */
  RUNNING,
  /** It was stopped; what was learnt is kept, and it can go on. */
  STOPPED,
  /** It has ended. */
  DONE,
  /** It has failed. */
  FAILED,
  /** Another program is writing its folder. */
  ELSEWHERE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
