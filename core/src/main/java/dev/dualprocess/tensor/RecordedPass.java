package dev.dualprocess.tensor;

import dev.dualprocess.tensor.GraphedPasses.Pass;
import java.util.Arrays;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** The recordings of one pass and its backward, with the tensors they read and write. */
final class RecordedPass implements AutoCloseable {
  private final TensorOwner owner = new TensorOwner();
  private final Tensor[] inputs;
  private final long freedBefore = CachedTensors.timesFreed();
  private final Tally operations = new Tally();
  private Tensor[] outputs = {};
  private @Nullable Tensor outputGradient;
  private Recorder.@Nullable Recording forward;
  private Recorder.@Nullable Recording backward;

  RecordedPass(Recorder recorder, Supplier<Pass> fresh, Tensor[] x) {
    inputs =
        Arrays.stream(x)
            .map(t -> owner.own(Memory.noGrad(() -> t.detach().clone())))
            .toArray(Tensor[]::new);
    try {
      recorder.rehearse(() -> Flops.counting(null, () -> rehearsed(fresh)));
      record(recorder, fresh);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** All of it with a gradient of zero, so that whatever is set up once has been. */
  private boolean rehearsed(Supplier<Pass> fresh) {
    try (PointerScope scope = new PointerScope();
        Pass pass = fresh.get()) {
      Tensor[] y = pass.forward(inputs);
      if (pass.goesBack()) {
        outputGradient = owner.own(Memory.noGrad(() -> torch.zeros_like(y[0])));
        pass.backward(outputGradient);
      }
      return true;
    }
  }

  private void record(Recorder recorder, Supplier<Pass> fresh) {
    Pass[] pass = new Pass[1];
    GraphedPasses.recording(true);
    try {
      forward =
          recorder.record(
              () -> {
                pass[0] = fresh.get();
                counted(() -> outputs = owned(pass[0].forward(inputs)));
                if (outputGradient == null) {
                  close(pass);
                }
              });
      if (outputGradient != null) {
        Tensor dy = outputGradient;
        backward =
            recorder.record(
                () -> {
                  counted(() -> pass[0].backward(dy));
                  close(pass); // what a pass does at its end is recorded too
                });
      }
    } finally {
      GraphedPasses.recording(false);
      close(pass);
    }
  }

  private Tensor[] owned(Tensor[] y) {
    return Arrays.stream(y).map(owner::own).toArray(Tensor[]::new);
  }

  private void counted(Runnable body) {
    Flops.counting(
        operations,
        () -> {
          body.run();
          return true;
        });
  }

  private static void close(Pass[] pass) {
    if (pass[0] != null) {
      Pass ended = pass[0];
      pass[0] = null;
      ended.close();
    }
  }

  boolean isStale() {
    return freedBefore != CachedTensors.timesFreed();
  }

  boolean goesBack() {
    return backward != null;
  }

  Tensor[] forward(Tensor[] x) {
    Memory.withoutGrad(
        () -> {
          for (int i = 0; i < inputs.length; i++) {
            inputs[i].copy_(x[i]);
          }
        });
    operations.tellAgain();
    replay(forward);
    return outputs;
  }

  void backward(Tensor dy) {
    if (outputGradient != null) {
      Tensor to = outputGradient;
      Memory.withoutGrad(() -> to.copy_(dy));
    }
    replay(backward);
  }

  private static void replay(Recorder.@Nullable Recording recording) {
    if (recording != null) {
      recording.replay();
    }
  }

  @Override
  public void close() {
    if (backward != null) {
      backward.close();
    }
    if (forward != null) {
      forward.close();
    }
    owner.close();
  }

  /** The operations of a recorded pass, which nobody counts when it is replayed. */
  private static final class Tally implements Flops.Counter {
    private long forward;
    private long backward;

    @Override
    public void forward(long operations) {
      forward += operations;
    }

    @Override
    public void backward(long operations) {
      backward += operations;
    }

    void tellAgain() {
      Flops.tell(forward, backward);
    }
  }
}
