package dev.dualprocess.lora.format;

import java.util.OptionalDouble;

/** A place that tells scales. */
@FunctionalInterface
interface ScaleSource {
  /**
   * s of one module, if this place tells it.
   *
   * @param module its name as the file has it, without prefix
   * @param rank of its factors
   */
  OptionalDouble scale(String module, int rank);
}
