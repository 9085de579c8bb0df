package dev.dualprocess.tensor;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.global.torch;

/**
 * The native libraries: libtorch, OpenBLAS and what they stand on. They come from one dependency
 * that the program chooses (docs/embedding.md), and are loaded once by the first call that needs
 * them.
 */
public final class Natives {
  /** Platforms that all of the libraries are published for, and the dependency that brings them. */
  private static final Map<String, String> DEPENDENCIES =
      ImmutableMap.of(
          "linux-x86_64", "dualprocess-natives-linux-x86_64",
          "macosx-arm64", "dualprocess-natives-macosx-arm64",
          "windows-x86_64", "dualprocess-natives-windows-x86_64");

  private static volatile boolean loaded;
  private static boolean skipDestructors;
  private static String folder = "";

  private Natives() {}

  /**
   * Loads them if that has not been done; safe for use by several threads. Before, it says to
   * libraries that read the environment when they start how long their threads should spin ({@link
   * ThreadEnvironment}); then libtorch gets as many as the JVM has processors ({@link
   * Torch#setThreads}), and fp32 products one ({@link Torch#setBlasThreads}).
   *
   * @throws IllegalStateException in one line that names the dependency to add, or says why what is
   *     there cannot be loaded
   */
  public static void load() {
    if (!loaded) {
      loadOnce();
    }
  }

  /**
   * Lets the process end without the destructors of the native libraries' static objects, once they
   * are loaded: on Linux, for a program that may be ended while a thread computes. libtorch
   * destroys what such a thread is using, so that a process asked to end (SIGTERM) would crash
   * instead. Shutdown hooks run as ever; exit handlers that other native libraries registered
   * earlier do not, which is why a library does not do this unasked.
   */
  public static synchronized void skipDestructorsAtExit() {
    skipDestructors = true;
    if (loaded) {
      QuickExit.register();
    }
  }

  private static synchronized void loadOnce() {
    if (loaded) {
      return;
    }
    // Read once, when the first JavaCPP class loads. The default limit counts mapped weight files
    // as used memory and makes every native object slower to create.
    if (System.getProperty("org.bytedeco.javacpp.maxphysicalbytes") == null) {
      System.setProperty("org.bytedeco.javacpp.maxphysicalbytes", "0");
    }
    String platform = Loader.getPlatform();
    if (!isThere(platform)) {
      throw new IllegalStateException(missing(platform));
    }
    ThreadEnvironment.prepare();
    try {
      folder = String.valueOf(Path.of(Loader.load(torch.class)).getParent());
      Loader.load(openblas.class);
    } catch (LinkageError e) {
      throw new IllegalStateException(unloadable(platform, reason(e)), e);
    }
    if (System.getenv("OMP_NUM_THREADS") == null) {
      // libtorch's own count knows no limit of a container, and is 1 on some virtual machines.
      torch.set_num_threads(Runtime.getRuntime().availableProcessors());
    }
    if (System.getenv("OPENBLAS_NUM_THREADS") == null) {
      openblas.blas_set_num_threads(1);
    }
    if (!Processor.tellsItsCaches()) {
      // It would say for every convolution that it cannot be used here.
      torch.globalContext().setUserEnabledNNPACK(false);
    }
    // libtorch 2.10 keeps cuDNN's plan for attention's backward by the shapes of queries, keys and
    // values alone, and runs it on a gradient that lies otherwise in memory: NaN, or a crash.
    torch.globalContext().setSDPUseCuDNN(false);
    if (skipDestructors) {
      QuickExit.register();
    }
    loaded = true;
  }

  /** On the class or module path, or in a folder of libraries that the program was started with. */
  private static boolean isThere(String platform) {
    String library = System.mapLibraryName("jnitorch");
    ClassLoader loader = torch.class.getClassLoader();
    return loader.getResource("org/bytedeco/pytorch/" + platform + "/" + library) != null
        || loader.getResource("org/bytedeco/pytorch/" + platform + "-gpu/" + library) != null
        || System.getProperty("org.bytedeco.javacpp.pathsFirst") != null
        || System.getProperty("org.bytedeco.javacpp.pathsfirst") != null;
  }

  private static boolean hasCuda(String platform) {
    return torch.class.getClassLoader().getResource("org/bytedeco/pytorch/" + platform + "-gpu/")
        != null;
  }

  private static String unloadable(String platform, String reason) {
    return "libtorch for %s is there but cannot be loaded: %s%s"
        .formatted(
            platform,
            reason,
            hasCuda(platform)
                ? "; its CUDA build needs CUDA %s and cuDNN %s, which come from the system"
                    .formatted(CudaLibraries.WANTED_CUDA, CudaLibraries.WANTED_CUDNN)
                : "");
  }

  /** The folder that libtorch was loaded from; loads it first. */
  public static String folder() {
    load();
    return folder;
  }

  /** The dependency for the CPU of this platform. */
  static String dependency() {
    return DEPENDENCIES.getOrDefault(Loader.getPlatform(), "dualprocess-natives");
  }

  static String missing(String platform) {
    String dependency = DEPENDENCIES.get(platform);
    return dependency == null
        ? "there is no libtorch %s for %s: supported are %s"
            .formatted("with tokenizers", platform, DEPENDENCIES.keySet())
        : ("the native libraries for %s are not on the class path: add the dependency"
                + " dev.dualprocess:%s (or dualprocess-natives-cpu, or for CUDA dualprocess-natives-gpu)")
            .formatted(platform, dependency);
  }

  /** What the innermost cause says, in one line. */
  static String reason(Throwable error) {
    Throwable innermost = error;
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      innermost = cause;
    }
    return Torch.message(innermost);
  }
}
