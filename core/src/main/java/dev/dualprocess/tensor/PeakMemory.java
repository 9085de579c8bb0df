package dev.dualprocess.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * The most memory in use since it was last reset: of the process on the CPU (resident, weights and
 * the JVM included), of libtorch's tensors on CUDA devices.
 */
public final class PeakMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");
  private static final String RESET_PEAK = "5"; // proc(5)
  private static final long KIB = 1024;

  private final List<Placement> devices; // CUDA devices; the host if empty

  private PeakMemory(List<Placement> devices) {
    this.devices = devices;
  }

  /** Of the CUDA devices among those placements, or of the process if there is none. */
  public static PeakMemory of(Placement... placements) {
    return new PeakMemory(
        Stream.of(placements).filter(p -> p.device().startsWith("cuda")).distinct().toList());
  }

  /** Of all CUDA devices, or of the process if there is none. */
  public static PeakMemory everywhere() {
    return new PeakMemory(
        IntStream.range(0, Torch.cudaDevices()).mapToObj(i -> Placement.on("cuda:" + i)).toList());
  }

  /** Waits until CUDA devices have done what was asked of them. */
  public void awaitDevices() {
    if (!devices.isEmpty()) {
      torch_cuda.device_synchronize();
    }
  }

  /** Sets the peak back to what is in use now. Does nothing on systems that cannot. */
  public void reset() {
    devices.forEach(CudaMemory::resetPeak);
    if (devices.isEmpty() && Files.isWritable(CLEAR)) {
      try {
        Files.writeString(CLEAR, RESET_PEAK);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Bytes at the peak; 0 on systems that do not tell. */
  public long bytes() {
    return devices.isEmpty()
        ? status("VmHWM:")
        : devices.stream().mapToLong(CudaMemory::peak).sum();
  }

  /** Bytes in use now. */
  public long bytesNow() {
    return devices.isEmpty()
        ? status("VmRSS:")
        : devices.stream().mapToLong(CudaMemory::used).sum();
  }

  private static long status(String field) {
    if (!Files.isReadable(STATUS)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(STATUS, StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
