package dev.dualprocess.tensor;

import java.util.Optional;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;

/**
 * CUDA's own libraries, which come from the system. Their classes are touched only where libtorch's
 * CUDA build was loaded.
 */
public final class CudaLibraries {
  /** The CUDA that libtorch's CUDA build was made for. */
  public static final String WANTED_CUDA = "13.1";

  /** The cuDNN that libtorch's CUDA build was made for. */
  public static final String WANTED_CUDNN = "9.19";

  private static final int SUCCESS = 0;

  private CudaLibraries() {}

  /**
   * Why there is no CUDA here, in one line that says what to do; empty if there is. Devices may
   * still be unusable ({@link CudaDevice#usable}).
   */
  public static Optional<String> missing() {
    if (!Torch.isCudaBuild()) {
      return Optional.of(
          "these natives have no CUDA: take the dependency dev.dualprocess:%s-gpu in place of the other"
              .formatted(Natives.dependency()));
    }
    try {
      int[] count = new int[1];
      int status = cudart.cudaGetDeviceCount(count);
      if (status != SUCCESS) {
        return Optional.of("CUDA: " + text(status));
      }
      return count[0] > 0
          ? Optional.empty()
          : Optional.of(
              "CUDA: the driver knows no device; is CUDA_VISIBLE_DEVICES set, or a container started"
                  + " without --gpus all?");
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      return Optional.of(
          "CUDA's runtime cannot be loaded: CUDA %s and cuDNN %s are wanted, in the system or in folders of LD_LIBRARY_PATH (%s)"
              .formatted(WANTED_CUDA, WANTED_CUDNN, Natives.reason(e)));
    }
  }

  /** The newest CUDA that the driver can run, such as {@code 13.0}. */
  public static String driver() {
    int[] version = new int[1];
    require(cudart.cudaDriverGetVersion(version));
    return cudaVersion(version[0]);
  }

  /** The runtime that was loaded, such as {@code 13.1}. */
  public static String runtime() {
    int[] version = new int[1];
    require(cudart.cudaRuntimeGetVersion(version));
    return cudaVersion(version[0]);
  }

  /** The cuDNN that was loaded, such as {@code 9.19.0}. */
  public static String cudnn() {
    return cudnnVersion(cudnn.cudnnGetVersion());
  }

  static int devices() {
    int[] count = new int[1];
    require(cudart.cudaGetDeviceCount(count));
    return count[0];
  }

  /** CUDA counts 1000 for each major, 10 for each minor version. */
  static String cudaVersion(int number) {
    return number / 1000 + "." + number % 1000 / 10;
  }

  /** cuDNN counts 10000 for each major, 100 for each minor version since 9. */
  static String cudnnVersion(long number) {
    return number / 10_000 + "." + number / 100 % 100 + "." + number % 100;
  }

  static void require(int status) {
    if (status != SUCCESS) {
      throw new IllegalStateException("CUDA: " + text(status));
    }
  }

  private static String text(int status) {
    return cudart.cudaGetErrorString(status).getString();
  }
}
