package dev.dualprocess.tensor;

import com.google.common.collect.ImmutableMap;
import com.sun.jna.Function;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How threads of native pools wait, and how the C library's heap is divided: settings that those
 * libraries take from the environment when they start, and only then. A Java program cannot change
 * its environment; the C library can, and does so here, for what the user has not set.
 *
 * <p>Without them, threads that have nothing to do spin for long: where other work runs on the same
 * cores, a training step takes several times as long.
 */
final class ThreadEnvironment {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadEnvironment.class);

  /** Spins, not time: libgomp's default is a hundred times as many. OpenBLAS: 2^n cycles. */
  private static final Map<String, String> SETTINGS =
      ImmutableMap.of("GOMP_SPINCOUNT", "3000", "OPENBLAS_THREAD_TIMEOUT", "4");

  /**
   * What glibc's heap keeps rather than giving it back and asking anew, which costs a fault for
   * each page of each tensor: parameters of malloc.h, by the variables that set them.
   */
  private enum Heap {
    /** One heap for all threads: what one of them frees, another can use. */
    MALLOC_ARENA_MAX(-8, 1),
    /** Tensors of less are taken from the heap; glibc allows no more. */
    MALLOC_MMAP_THRESHOLD_(-3, 32 << 20),
    /** Free memory at the heap's end that stays there until {@link Memory#trim}. */
    MALLOC_TRIM_THRESHOLD_(-1, 256 << 20),
    /**
     * More than the 64 MiB of the pieces that a thread's heap consists of: a piece that has become
     * empty is then kept too.
     */
    MALLOC_TOP_PAD_(-2, 80 << 20);

    private final int parameter;
    private final int value;

    Heap(int parameter, int value) {
      this.parameter = parameter;
      this.value = value;
    }

    private void setIfAbsent() {
      if (System.getenv(name()) == null) {
        Function.getFunction("c", "mallopt").invokeInt(new Object[] {parameter, value});
      }
    }
  }

  private ThreadEnvironment() {}

  /** Before the pools are loaded. */
  static void prepare() {
    String platform = Loader.getPlatform();
    if (platform.startsWith("windows")) {
      return; // there each C library has an environment of its own
    }
    if (isLoaded("libgomp") && System.getenv("GOMP_SPINCOUNT") == null) {
      LOG.warn(
          "another library has loaded libgomp already: to keep training fast beside other work,"
              + " start the program with the environment variables {}",
          SETTINGS);
    }
    try {
      SETTINGS.forEach(ThreadEnvironment::setIfAbsent);
      if (platform.startsWith("linux")) {
        Arrays.stream(Heap.values()).forEach(Heap::setIfAbsent);
      }
    } catch (LinkageError | RuntimeException e) {
      LOG.warn(
          "cannot set the environment of native threads ({}): start the program with {} for speed",
          Torch.message(e),
          SETTINGS);
    }
  }

  /** {@code setenv(name, value, 0)}, which keeps what is there. */
  private static void setIfAbsent(String name, String value) {
    Function.getFunction("c", "setenv").invokeInt(new Object[] {name, value, 0});
  }

  /** Whether this process has mapped a library of that name; on Linux alone. */
  static boolean isLoaded(String library) {
    try {
      return Files.readString(Path.of("/proc/self/maps"), StandardCharsets.ISO_8859_1)
          .contains("/" + library);
    } catch (IOException e) {
      return false; // not told: then nothing is said
    }
  }
}
