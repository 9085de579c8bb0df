package dev.dualprocess.parallel;

import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.Torch;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.FileStore;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.nccl.ProcessGroupNCCL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes of one machine that meet in a file, by PyTorch's c10d: NCCL where each has a GPU of its
 * own and the system has its library, else Gloo, to which what lies on a GPU goes through the host.
 */
public final class ProcessRanks implements Ranks {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessRanks.class);
  private static final long LONGEST_WAIT = 24L * 60 * 60 * 1000; // ms; while one of them evaluates
  private static final String LOOPBACK = "127.0.0.1";

  private final int rank;
  private final int size;
  private final boolean onDevices;
  private final Placement numbers; // where numbers are summed
  private final FileStore store;
  private final Backend group;
  private final Lifetime lifetime = new Lifetime("this group of processes");

  private ProcessRanks(
      int rank, int size, boolean onDevices, Placement numbers, FileStore store, Backend group) {
    this.rank = rank;
    this.size = size;
    this.onDevices = onDevices;
    this.numbers = numbers;
    this.store = store;
    this.group = group;
  }

  /**
   * Joins the others; returns when all are there.
   *
   * @param meeting a file that does not exist before the first comes, of these ranks alone
   * @param rank which of them this is, from 0
   * @param devices each rank's, {@code cpu} or {@code cuda:N}
   * @throws RankLostException in one line, if the others do not come
   * @throws IllegalStateException in one line, if the natives of this platform cannot do it
   */
  public static ProcessRanks join(Path meeting, int rank, List<String> devices) {
    Placement own = Placement.on(devices.get(rank));
    int size = devices.size();
    return waiting(
        () -> {
          try (PointerScope scope = new PointerScope()) {
            FileStore store = new FileStore(meeting.toString(), size);
            boolean nccl = haveOneEach(devices) && isThereNccl();
            Backend group = nccl ? nccl(store, rank, size) : gloo(store, rank, size);
            store.retainReference();
            group.retainReference();
            return new ProcessRanks(rank, size, nccl, nccl ? own : Placement.CPU, store, group);
          }
        });
  }

  /** Whether each rank has a GPU of its own, without which there is no NCCL. */
  private static boolean haveOneEach(List<String> devices) {
    return devices.stream().allMatch(device -> device.startsWith("cuda"))
        && devices.stream().distinct().count() == devices.size();
  }

  /** Whether the system has NCCL's library, which no native jar brings. */
  private static boolean isThereNccl() {
    try {
      Class.forName(ProcessGroupNCCL.class.getName());
      return true;
    } catch (LinkageError | ClassNotFoundException e) {
      LOG.warn("no NCCL here, so that gradients go through the host: {}", Torch.message(e));
      return false;
    }
  }

  private static ProcessGroupNCCL nccl(FileStore store, int rank, int size) {
    ProcessGroupNCCL group = new ProcessGroupNCCL(store, rank, size);
    group.setTimeout(new Milliseconds(LONGEST_WAIT));
    return group;
  }

  private static ProcessGroupGloo gloo(FileStore store, int rank, int size) {
    GlooDeviceVector interfaces = new GlooDeviceVector();
    interfaces.push_back(ProcessGroupGloo.createDeviceForHostname(LOOPBACK));
    ProcessGroupGloo.Options options =
        ProcessGroupGloo.Options.create(new Milliseconds(LONGEST_WAIT)).devices(interfaces);
    return StandardOutput.toError(() -> new ProcessGroupGloo(store, rank, size, options));
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void sum(Tensor tensor) {
    lifetime.requireOpen();
    Memory.withoutGrad(
        () -> {
          if (onDevices || tensor.is_cpu()) {
            reduce(tensor);
          } else {
            Tensor here = tensor.cpu();
            reduce(here);
            tensor.copy_(here);
          }
        });
  }

  @Override
  public double[] sum(double... here) {
    lifetime.requireOpen();
    return Memory.freeing(
        () -> {
          Tensor tensor =
              Tensor.create(here, here.length).to(numbers.torchDevice(), ScalarType.Double);
          reduce(tensor);
          double[] sums = new double[here.length];
          new DoublePointer(tensor.cpu().data_ptr()).get(sums);
          return sums;
        });
  }

  /** In place; every rank ends with the same bits, for each part is added up by one of them. */
  private void reduce(Tensor tensor) {
    waiting(
        () -> {
          Work work = group.allreduce(new TensorVector(tensor));
          if (!work._wait()) {
            throw new IllegalStateException("the sum was not finished");
          }
          return true;
        });
  }

  private interface Waiting<T> {
    T done();
  }

  private static <T> T waiting(Waiting<T> body) {
    try {
      return body.done();
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "several devices cannot share a run here: Bytedeco's natives have what it takes (Gloo, NCCL)"
              + " for Linux alone; --accumulate does the same on one device: "
              + Torch.message(e),
          e);
    } catch (RuntimeException e) {
      throw new RankLostException(
          "another process of this run is gone, or does not answer: " + Torch.message(e), e);
    }
  }

  @Override
  public void close() {
    lifetime.close(
        () -> {
          group.close();
          store.close();
        });
  }
}
