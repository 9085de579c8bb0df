package dev.dualprocess.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;

/**
 * What is left to do at an application's end: to remove what tries have left whose executors have
 * died, and to close the models of a driver that is the executor too, whose process may go on.
 */
final class ApplicationEnd extends SparkListener {
  private final RunStore store;
  private final String application;

  ApplicationEnd(RunStore store, String application) {
    this.store = store;
    this.application = application;
  }

  @Override
  public void onApplicationEnd(SparkListenerApplicationEnd end) {
    ExecutorModels.MINE.close();
    try {
      store.forgetTries(application);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // for Spark's log
    }
  }
}
