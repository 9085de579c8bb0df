package dev.dualprocess.spark;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;

/** Where the driver is the executor too, its end is the application's and not the process's. */
final class ModelsOfTheDriver extends SparkListener {
  @Override
  public void onApplicationEnd(SparkListenerApplicationEnd end) {
    ExecutorModels.MINE.close();
  }
}
