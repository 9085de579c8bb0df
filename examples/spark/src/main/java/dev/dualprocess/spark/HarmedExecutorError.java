package dev.dualprocess.spark;

/**
 * Ends an executor, since what failed may have harmed its process; Spark starts another. Of all
 * errors, those of the virtual machine alone do so.
 */
final class HarmedExecutorError extends VirtualMachineError {
  private static final long serialVersionUID = 1;

  HarmedExecutorError(String why) {
    super(why);
  }
}
