package dev.dualprocess.tensor;

import dev.dualprocess.config.Counts;
import java.util.function.Supplier;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.global.torch;

/** Process-wide facts and settings of libtorch: build, CUDA devices, threads, error texts. */
public final class Torch {
  private static final int MOST_THREADS = 1024;

  private Torch() {}

  /** CUDA devices that can be used now; 0 in the CPU build and without a driver. */
  public static int cudaDevices() {
    Natives.load();
    return torch.cuda_is_available() ? Math.toIntExact(torch.cuda_device_count()) : 0;
  }

  /** Which natives were loaded, as {@code libtorch CPU build} or {@code libtorch CUDA build}. */
  public static String build() {
    return isCudaBuild() ? "libtorch CUDA build" : "libtorch CPU build";
  }

  /** Whether the natives that were loaded can do CUDA, whatever the machine has. */
  public static boolean isCudaBuild() {
    Natives.load();
    return torch.show_config().getString().contains("USE_CUDA=1");
  }

  /**
   * Sets the threads of ATen's pool, and keeps OpenBLAS, which has a pool of its own, to one: where
   * the two pools wait for each other by spinning, a step can take twenty times as long. See {@link
   * #setBlasThreads}.
   *
   * @param threads at least 1
   */
  public static void setThreads(int threads) {
    requirePositive("threads", threads);
    Natives.load();
    torch.set_num_threads(threads);
    openblas.blas_set_num_threads(1);
  }

  /**
   * Sets the threads of OpenBLAS's pool, which computes fp32 matrix products on the CPU; one unless
   * the environment variable {@code OPENBLAS_NUM_THREADS} says otherwise. More than one pays for
   * large models on an otherwise idle machine.
   *
   * @param threads at least 1
   */
  public static void setBlasThreads(int threads) {
    requirePositive("BLAS threads", threads);
    Natives.load();
    openblas.blas_set_num_threads(threads);
  }

  private static void requirePositive(String what, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("%s must be at least 1, not %d".formatted(what, threads));
    }
    Counts.requireAtMost(what, threads, MOST_THREADS);
  }

  /**
   * Whether fp32 products and convolutions on CUDA may round their factors to TF32, several times
   * as fast and with 10 bits of fraction.
   */
  public static void setTf32(boolean allowed) {
    Natives.load();
    torch.globalContext().setAllowTF32CuBLAS(allowed);
    torch.globalContext().setAllowTF32CuDNN(allowed);
  }

  /** Whether fp32 products on CUDA may round their factors to TF32 now. */
  public static boolean isTf32() {
    Natives.load();
    return torch.globalContext().allowTF32CuBLAS();
  }

  /**
   * Whether attention may use fused kernels, which keep no scores in memory; they are the default.
   */
  public static void setFusedAttention(boolean allowed) {
    Natives.load();
    torch.globalContext().setSDPUseFlash(allowed);
    torch.globalContext().setSDPUseMemEfficient(allowed);
  }

  /** Threads of ATen's pool. */
  public static int threads() {
    Natives.load();
    return torch.get_num_threads();
  }

  /**
   * The first line of what {@code error} says. A C++ exception carries its native stack trace in
   * its message; people should not see that.
   */
  public static String message(Throwable error) {
    String text = error.getMessage() == null ? error.toString() : error.getMessage();
    int cut = text.indexOf("Exception raised from");
    String told = (cut > 0 ? text.substring(0, cut) : text).strip();
    return told.lines().findFirst().orElse(error.toString());
  }

  /**
   * Runs {@code body}; what libtorch throws in many lines is thrown in one.
   *
   * @throws TorchException for a C++ exception that carries its native stack trace
   * @throws OutOfMemoryException for one of libtorch's or of Java's that says so
   */
  public static <T> T plainly(Supplier<T> body) {
    try {
      return body.get();
    } catch (OutOfMemoryError e) {
      throw OutOfMemoryException.of(e);
    } catch (RuntimeException e) {
      if (e.getClass() == RuntimeException.class && isOutOfMemory(e)) {
        throw OutOfMemoryException.of(e);
      }
      boolean ofLibtorch =
          e.getClass() == RuntimeException.class && !message(e).equals(e.getMessage());
      throw ofLibtorch ? new TorchException(e) : e;
    }
  }

  /** Whether {@code error} says that a device or the host ran out of memory. */
  public static boolean isOutOfMemory(Throwable error) {
    return Shortage.tells(error);
  }
}
