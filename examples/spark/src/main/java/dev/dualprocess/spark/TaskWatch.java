package dev.dualprocess.spark;

import dev.dualprocess.distill.StepReport;
import dev.dualprocess.run.RunListener;
import org.apache.spark.TaskContext;

/** Lets a run end after its step when Spark wants its task to end. */
record TaskWatch(TaskContext task) implements RunListener {
  @Override
  public Progress progress(String name, int total, int done, Runnable stop) {
    return new Progress() {
      @Override
      public void step(StepReport report) {
        piece();
      }

      @Override
      public void piece() {
        if (task.isInterrupted()) {
          stop.run();
        }
      }
    };
  }
}
