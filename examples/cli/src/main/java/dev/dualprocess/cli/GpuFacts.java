package dev.dualprocess.cli;

import dev.dualprocess.tensor.CudaDevice;
import dev.dualprocess.tensor.CudaLibraries;
import dev.dualprocess.tensor.FreeMemory;
import dev.dualprocess.tensor.PeakMemory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.Torch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What there is to compute on but the processor, what is wanted for it, and what stands in the way.
 */
final class GpuFacts {
  private static final double GIB = 1 << 30;
  private static final Path NVIDIA = Path.of("/proc/driver/nvidia/version");
  private static final Path AMD = Path.of("/dev/kfd");

  private GpuFacts() {}

  /** Lines for people by their names. Loads the natives. */
  static Map<String, Object> read() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put(
        "cuda wanted",
        "CUDA %s and cuDNN %s of the system, on Linux and Windows"
            .formatted(CudaLibraries.WANTED_CUDA, CudaLibraries.WANTED_CUDNN));
    CudaLibraries.missing()
        .ifPresentOrElse(
            why -> facts.put("cuda", "none: " + why),
            () ->
                facts.put(
                    "cuda",
                    "driver for %s, runtime %s, cuDNN %s"
                        .formatted(
                            CudaLibraries.driver(),
                            CudaLibraries.runtime(),
                            CudaLibraries.cudnn())));
    facts.putAll(others());
    CudaDevice.all().forEach(each -> facts.put("device " + each.index(), each));
    facts.put("cuda devices", Torch.cudaDevices());
    for (int i = 0; i < Torch.cudaDevices(); i++) {
      Placement device = Placement.on("cuda:" + i);
      facts.put(
          device.device(),
          "%.1f GiB free, %.1f GiB in tensors, at most %.1f GiB"
              .formatted(
                  FreeMemory.bytes(device) / GIB,
                  PeakMemory.of(device).bytesNow() / GIB,
                  PeakMemory.of(device).bytes() / GIB));
    }
    return facts;
  }

  /** What the system says of graphics hardware, used or not; needs no natives. */
  static Map<String, Object> others() {
    Map<String, Object> facts = new LinkedHashMap<>();
    if (System.getProperty("os.name").startsWith("Linux")) {
      facts.put(
          "nvidia driver",
          Files.exists(NVIDIA)
              ? "there"
              : "not there: install it, or give the container the GPU (docker run --gpus all)");
    }
    if (Files.exists(AMD)) {
      facts.put("amd gpu", "there, not used: these natives have no ROCm");
    }
    if (System.getProperty("os.name").startsWith("Mac")) {
      facts.put("apple gpu", "not used: libtorch 2.10 for Java cannot train on MPS");
    }
    return facts;
  }
}
