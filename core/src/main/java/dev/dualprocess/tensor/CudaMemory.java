package dev.dualprocess.tensor;

import java.util.concurrent.atomic.AtomicLongArray;
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
  /** Bytes that only recordings use, by device; to the allocator most of them look unused. */
  private static final AtomicLongArray POOLED = new AtomicLongArray(Byte.MAX_VALUE + 1);

  private CudaMemory() {}

  /** A recording has taken so many bytes for itself, or given them back. */
  static void pooled(Placement placement, long bytes) {
    POOLED.addAndGet(index(placement), bytes);
  }

  /** The allocator knows no device before CUDA was used for the first time. */
  static byte index(Placement placement) {
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
          - stats.allocated_bytes().current()
          - POOLED.get(index(placement));
    }
  }

  /** Bytes that the allocator has taken from the driver. */
  static long reserved(Placement placement) {
    try (PointerScope scope = new PointerScope()) {
      return torch_cuda.getAllocator().getDeviceStats(index(placement)).reserved_bytes().current();
    }
  }

  /** Bytes that the device has in all. */
  static long total(Placement placement) {
    try (PointerScope scope = new PointerScope()) {
      return torch_cuda.getAllocator().getMemoryInfo(index(placement)).second();
    }
  }

  /** Bytes in tensors now. */
  static long used(Placement placement) {
    try (PointerScope scope = new PointerScope()) {
      return torch_cuda.getAllocator().getDeviceStats(index(placement)).allocated_bytes().current();
    }
  }

  /** The most bytes in tensors since {@link #resetPeak}, with those that recordings work in. */
  static long peak(Placement placement) {
    try (PointerScope scope = new PointerScope()) {
      DeviceStats stats = torch_cuda.getAllocator().getDeviceStats(index(placement));
      return stats.allocated_bytes().peak() + POOLED.get(index(placement));
    }
  }

  /** Begins to count the peak anew. */
  static void resetPeak(Placement placement) {
    torch_cuda.getAllocator().resetPeakStats(index(placement));
  }
}
