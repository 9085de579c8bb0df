package dev.dualprocess.tensor;

import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.PointerScope;

/**
 * A CUDA device as its driver describes it.
 *
 * @param index N of {@code cuda:N}
 * @param name such as {@code NVIDIA H100 80GB HBM3}
 * @param major of its compute capability
 * @param minor of its compute capability
 * @param bytes its memory, used or not
 */
public record CudaDevice(int index, String name, int major, int minor, long bytes) {
  private static final double GIB = 1 << 30;

  /** What the oldest device has that libtorch 2.10's kernels were built for. */
  private static final int OLDEST_MAJOR = 7;

  private static final int OLDEST_MINOR = 5;

  /** Those that the driver knows, usable or not; empty without CUDA. */
  public static List<CudaDevice> all() {
    return CudaLibraries.missing().isPresent()
        ? List.of()
        : IntStream.range(0, CudaLibraries.devices()).mapToObj(CudaDevice::read).toList();
  }

  private static CudaDevice read(int index) {
    try (PointerScope scope = new PointerScope()) {
      cudaDeviceProp properties = new cudaDeviceProp();
      CudaLibraries.require(cudart.cudaGetDeviceProperties(properties, index));
      return new CudaDevice(
          index,
          properties.name().getString(),
          properties.major(),
          properties.minor(),
          properties.totalGlobalMem());
    }
  }

  /** Whether libtorch has kernels for it. */
  public boolean usable() {
    return major > OLDEST_MAJOR || (major == OLDEST_MAJOR && minor >= OLDEST_MINOR);
  }

  /** One line for people. */
  @Override
  public String toString() {
    String facts =
        "%s, compute capability %d.%d, %.1f GiB".formatted(name, major, minor, bytes / GIB);
    return usable()
        ? facts
        : "%s: cannot be used, since libtorch needs %d.%d or more"
            .formatted(facts, OLDEST_MAJOR, OLDEST_MINOR);
  }
}
