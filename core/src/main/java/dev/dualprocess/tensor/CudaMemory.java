package dev.dualprocess.tensor;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.SizeTPair;
import org.bytedeco.pytorch.cuda.DeviceStats;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * What libtorch's caching allocator says of a CUDA device. Loads CUDA's own libraries, so it is
 * touched only where {@link Torch#cudaDevices} is not 0.
 */
final class CudaMemory {
  private CudaMemory() {}

  /** The allocator knows no device before CUDA was used for the first time. */
  private static byte index(Placement placement) {
    torch.globalContext().lazyInitDevice(torch.DeviceType.CUDA);
    return Byte.parseByte(placement.device().substring("cuda:".length()));
  }

  /** Bytes that the driver has left, and those that the allocator holds without using them. */
  static long free(Placement placement) {
    try (PointerScope scope = new PointerScope()) {
      SizeTPair freeAndTotal = torch_cuda.getAllocator().getMemoryInfo(index(placement));
      DeviceStats stats = torch_cuda.getAllocator().getDeviceStats(index(placement));
      return freeAndTotal.first()
          + stats.reserved_bytes().current()
          - stats.allocated_bytes().current();
    }
  }

  /** Bytes in tensors now. */
  static long used(Placement placement) {
    try (PointerScope scope = new PointerScope()) {
      return torch_cuda.getAllocator().getDeviceStats(index(placement)).allocated_bytes().current();
    }
  }

  /** The most bytes in tensors since {@link #resetPeak}. */
  static long peak(Placement placement) {
    try (PointerScope scope = new PointerScope()) {
      return torch_cuda.getAllocator().getDeviceStats(index(placement)).allocated_bytes().peak();
    }
  }

  /** Begins to count the peak anew. */
  static void resetPeak(Placement placement) {
    torch_cuda.getAllocator().resetPeakStats(index(placement));
  }
}
