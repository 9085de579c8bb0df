package dev.dualprocess.tensor;

import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.cuda.CUDAGuard;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.cuda.DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair;
import org.bytedeco.pytorch.cuda.StreamFilter;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * Records CUDA graphs: on a stream of its own, in a pool of libtorch's allocator that nothing else
 * takes memory from, as long as a recording uses it. Loads CUDA's own libraries, so it is touched
 * only where {@link Torch#cudaDevices} is not 0.
 */
final class CudaRecorder implements Recorder {
  private static final double ROOM = 0.25; // of the device's memory
  private static final AtomicLong POOLS = new AtomicLong(1L << 40); // libtorch counts from 1

  private final Placement placement;
  private final byte device;
  private final CUDAStream stream;
  private final PoolId pool = new PoolId(POOLS.incrementAndGet());
  private final StreamFilter filter;

  CudaRecorder(Placement placement) {
    this.placement = placement;
    this.device = CudaMemory.index(placement);
    this.stream = new CUDAStream(torch_cuda.getStreamFromPool(false, device));
    stream.retainReference();
    long handle = stream.stream().address();
    filter =
        new StreamFilter() {
          @Override
          public boolean call(Pointer asking) {
            return asking != null && asking.address() == handle;
          }
        };
    filter.retainReference();
    torch_cuda.createOrIncrefPool(device, pool);
  }

  /** A pool's name; libtorch's own class for it cannot be freed from Java. */
  private static final class PoolId
      extends DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair {
    PoolId(long number) {
      super(new LongPointer(2).put(0, 0).put(1, number).retainReference());
      retainReference();
    }
  }

  @Override
  public boolean hasRoom() {
    return CudaMemory.free(placement) > ROOM * CudaMemory.total(placement);
  }

  @Override
  public void rehearse(Runnable body) {
    onStream(body);
    torch_cuda.getAllocator().emptyCache(); // what the recording will not use
  }

  /** Runs {@code body} on this stream, after and before everything else on the device. */
  private void onStream(Runnable body) {
    try (PointerScope scope = new PointerScope();
        CUDAGuard here = new CUDAGuard(device)) {
      torch_cuda.device_synchronize();
      CUDAStream before = torch_cuda.getCurrentCUDAStream(device);
      torch_cuda.setCurrentCUDAStream(stream);
      try {
        body.run();
      } finally {
        torch_cuda.setCurrentCUDAStream(before);
      }
      torch_cuda.device_synchronize();
    }
  }

  @Override
  public Recording record(Runnable body) {
    Graph[] made = new Graph[1];
    onStream(() -> made[0] = recorded(body));
    return made[0];
  }

  private Graph recorded(Runnable body) {
    long before = CudaMemory.reserved(placement);
    torch_cuda.beginAllocateToPool(device, pool, filter);
    boolean whole = false;
    CUgraph_st graph = new CUgraph_st();
    try {
      try {
        CudaLibraries.require(
            cudart.cudaStreamBeginCapture(stream.stream(), cudart.cudaStreamCaptureModeRelaxed));
        try {
          body.run();
          whole = true;
        } finally {
          end(graph, whole);
        }
      } finally {
        torch_cuda.endAllocateToPool(device, pool);
      }
      CUgraphExec_st program = new CUgraphExec_st();
      CudaLibraries.require(cudart.cudaGraphInstantiate(program, graph));
      return new Graph(program, CudaMemory.reserved(placement) - before);
    } catch (RuntimeException | Error e) {
      torch_cuda.getAllocator().releasePool(device, pool);
      throw e;
    } finally {
      if (!graph.isNull()) {
        cudart.cudaGraphDestroy(graph);
      }
    }
  }

  /** A recording that failed has left an error behind, which somebody else would be told of. */
  private void end(CUgraph_st graph, boolean whole) {
    int status = cudart.cudaStreamEndCapture(stream.stream(), graph);
    if (whole) {
      CudaLibraries.require(status);
    } else {
      cudart.cudaGetLastError();
    }
  }

  @Override
  public void close() {
    torch_cuda.getAllocator().releasePool(device, pool);
    filter.close();
    stream.close();
    torch_cuda.getAllocator().emptyCache();
  }

  private final class Graph implements Recording {
    private final CUgraphExec_st program;
    private final long bytes; // taken for its pool

    Graph(CUgraphExec_st program, long bytes) {
      this.program = program;
      this.bytes = bytes;
      CudaMemory.pooled(placement, bytes);
    }

    @Override
    public void replay() {
      try (PointerScope scope = new PointerScope();
          CUDAGuard here = new CUDAGuard(device)) {
        CudaLibraries.require(
            cudart.cudaGraphLaunch(program, torch_cuda.getCurrentCUDAStream(device).stream()));
      }
    }

    @Override
    public void close() {
      try (CUDAGuard here = new CUDAGuard(device)) {
        torch_cuda.device_synchronize();
        CudaLibraries.require(cudart.cudaGraphExecDestroy(program));
      }
      torch_cuda.getAllocator().releasePool(device, pool);
      CudaMemory.pooled(placement, -bytes);
    }
  }
}
