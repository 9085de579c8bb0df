package dev.dualprocess.studio.jobs;

import dev.dualprocess.distill.StepReport;
import java.util.Map;

/** Told of what happens; any thread may call. */
public interface Announcer {
  /** Something about the list of jobs has changed. */
  void jobs();

  /** A step of a job was done. */
  void step(String job, StepReport report);

  /** A pinned seed was drawn. */
  void preview(String job, Preview preview);

  /** A task has come further. */
  void task(Map<String, Object> task);
}
