package dev.dualprocess.tensor;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.cuda.CUDAEvent;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * Copies from pinned memory to a CUDA device while that computes. Loads CUDA's own libraries, so it
 * is touched only where there is such a device. Not thread-safe.
 */
public final class CopyStream implements AutoCloseable {
  private final Placement placement;
  private final byte device;
  private final CUDAStream stream;

  /** On the device of {@code placement}. */
  public CopyStream(Placement placement) {
    this.placement = placement;
    this.device = CudaMemory.index(placement);
    this.stream = new CUDAStream(torch_cuda.getStreamFromPool(false, device));
    stream.retainReference();
  }

  /** Begins to copy a tensor in pinned memory: floating point values to the placement's dtype. */
  public Copy begin(Tensor pinned) {
    GraphedPasses.requireNotRecording("weights that are fetched from the host");
    try (PointerScope scope = new PointerScope()) {
      CUDAStream before = torch_cuda.getCurrentCUDAStream(device);
      torch_cuda.setCurrentCUDAStream(stream);
      try {
        Tensor near =
            pinned.to(
                placement.torchDevice(),
                dtypeOf(pinned),
                /* non_blocking= */ true,
                /* copy= */ false,
                new MemoryFormatOptional());
        CUDAEvent done = new CUDAEvent();
        done.record(stream);
        return new Copy(Memory.keep(new Tensor(near)), done.retainReference());
      } finally {
        torch_cuda.setCurrentCUDAStream(before);
      }
    }
  }

  private ScalarType dtypeOf(Tensor pinned) {
    return Dtype.of(pinned).isFloatingPoint()
        ? placement.dtype().scalarType()
        : pinned.scalar_type();
  }

  @Override
  public void close() {
    stream.close();
  }

  /** A copy on its way. */
  public final class Copy implements AutoCloseable {
    private final Tensor near;
    private final CUDAEvent done;

    private Copy(Tensor near, CUDAEvent done) {
      this.near = near;
      this.done = done;
    }

    /**
     * The copy, once it has arrived: the calling thread waits, so that it is never many copies
     * ahead of the device. In the caller's scope.
     */
    public Tensor arrived() {
      GraphedPasses.requireNotRecording("weights that are fetched from the host");
      return Memory.scoped(
          () -> {
            done.synchronize();
            near.record_stream(torch_cuda.getCurrentCUDAStream(device).unwrap());
            return near;
          });
    }

    /** Lets go of it; what {@link #arrived} gave stays. */
    @Override
    public void close() {
      near.close();
      done.close();
    }
  }
}
