package dev.dualprocess.capture;

import dev.dualprocess.tensor.Placement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.cuda.CUDAAllocator;
import org.bytedeco.pytorch.cuda.CUDAGuard;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.cuda.CUDAStreamGuard;
import org.bytedeco.pytorch.cuda.DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair;
import org.bytedeco.pytorch.cuda.MemPool;
import org.bytedeco.pytorch.cuda.StreamFilter;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * Records CUDA graphs as libtorch's own {@code at::cuda::CUDAGraph} does, which the presets leave
 * out: a stream aside is put into capture, and what is allocated for it comes from a pool that
 * nothing else uses. Random numbers of the device are not supported; no pass here draws any.
 */
final class CudaRecorder implements Recorder {
  private static final int SUCCESS = 0;
  // One for each device: cuBLAS keeps a workspace for every stream that it ever saw.
  private static final Map<Byte, CUDAStream> STREAMS = new ConcurrentHashMap<>();

  private final byte device;
  private final CUDAStream stream; // never closed; one thread at a time
  // The presets' name for libtorch's MempoolId_t; never looked into.
  private final DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair pool;

  /** For a CUDA device. */
  CudaRecorder(Placement placement) {
    device = Byte.parseByte(placement.device().substring("cuda:".length()));
    try (PointerScope scope = new PointerScope()) {
      stream =
          STREAMS.computeIfAbsent(
              device, d -> torch_cuda.getStreamFromPool(false, d).retainReference());
      pool = MemPool.graph_pool_handle(false).retainReference();
    }
  }

  @Override
  public void rehearse(Runnable work) {
    synchronized (stream) {
      aside(work);
    }
  }

  private void aside(Runnable work) {
    try (PointerScope scope = new PointerScope();
        CUDAStreamGuard guard = new CUDAStreamGuard(stream.asStream())) {
      torch_cuda.device_synchronize();
      work.run();
      torch_cuda.device_synchronize();
      torch_cuda.getAllocator().emptyCache(); // what it took is of no use to other streams
    }
  }

  @Override
  public Recording record(Runnable work) {
    synchronized (stream) {
      return captured(work);
    }
  }

  private Recording captured(Runnable work) {
    try (PointerScope scope = new PointerScope();
        CUDAStreamGuard guard = new CUDAStreamGuard(stream.asStream())) {
      torch_cuda.device_synchronize();
      CUDAAllocator allocator = torch_cuda.getAllocator();
      CUgraph_st graph = new CUgraph_st();
      allocator.beginAllocateToPool(device, pool, new On(stream.stream()));
      try {
        try {
          capture(graph, work);
        } finally {
          allocator.endAllocateToPool(device, pool);
        }
        return new CudaGraph(instantiated(graph));
      } catch (RuntimeException | Error e) {
        cudart.cudaGetLastError(); // or it would be told to whoever asks next
        allocator.releasePool(device, pool);
        throw e;
      }
    }
  }

  private void capture(CUgraph_st graph, Runnable work) {
    require(
        cudart.cudaStreamBeginCapture(stream.stream(), cudart.cudaStreamCaptureModeThreadLocal));
    boolean done = false;
    try {
      work.run();
      done = true;
    } finally {
      int ended = cudart.cudaStreamEndCapture(stream.stream(), graph);
      if (done) { // else what was thrown says more
        require(ended);
      }
    }
  }

  private static CUgraphExec_st instantiated(CUgraph_st graph) {
    CUgraphExec_st executable = new CUgraphExec_st();
    try {
      require(
          cudart.cudaGraphInstantiateWithFlags(
              executable, graph, cudart.cudaGraphInstantiateFlagAutoFreeOnLaunch));
    } finally {
      cudart.cudaGraphDestroy(graph);
    }
    return executable.retainReference();
  }

  private static void require(int status) {
    if (status != SUCCESS) {
      throw new IllegalStateException(
          "CUDA graph: " + cudart.cudaGetErrorString(status).getString());
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  /** Which of the allocator's streams is the one in capture; asked on libtorch's threads too. */
  private static final class On extends StreamFilter {
    private final long ours;

    On(CUstream_st stream) {
      this.ours = stream.address();
    }

    @Override
    public boolean call(Pointer stream) {
      return stream != null && stream.address() == ours;
    }
  }

  /** A graph that can be launched. */
  private final class CudaGraph implements Recording {
    private final CUgraphExec_st executable;

    CudaGraph(CUgraphExec_st executable) {
      this.executable = executable;
    }

    @Override
    public void replay() {
      try (PointerScope scope = new PointerScope();
          CUDAGuard guard = new CUDAGuard(device)) {
        require(
            cudart.cudaGraphLaunch(executable, torch_cuda.getCurrentCUDAStream(device).stream()));
      }
    }

    @Override
    public void close() {
      try (PointerScope scope = new PointerScope();
          CUDAGuard guard = new CUDAGuard(device)) {
        torch_cuda.device_synchronize();
        cudart.cudaGraphExecDestroy(executable);
        torch_cuda.getAllocator().releasePool(device, pool);
      }
      executable.close();
    }
  }
}
