package dev.dualprocess.spark;

import java.util.regex.Pattern;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.jspecify.annotations.Nullable;

/**
 * Where a task computes.
 *
 * @param device cpu or cuda:N
 * @param threads for the CPU
 */
record TaskPlace(String device, int threads) {
  /** Spark's name of the resource. */
  private static final String GPU = "gpu";

  private static final Pattern INDEX = Pattern.compile("\\d{1,4}");

  /**
   * The device that is said, or the GPU that Spark gave to the task, or the CPU; as many threads as
   * Spark gave it cores.
   *
   * @throws IllegalArgumentException in one line, if the GPU has no number
   */
  static TaskPlace of(TaskContext context, @Nullable String device) {
    return new TaskPlace(
        device == null ? device(context.resourcesJMap().get(GPU)) : device, context.cpus());
  }

  static String device(@Nullable ResourceInformation gpu) {
    if (gpu == null || gpu.addresses().length == 0) {
      return "cpu";
    }
    String address = gpu.addresses()[0];
    if (!INDEX.matcher(address).matches()) {
      throw new IllegalArgumentException(
          "the discovery script calls a GPU '%s'; it is to tell numbers from 0, as gpus.sh does"
              .formatted(address));
    }
    return "cuda:" + address;
  }
}
