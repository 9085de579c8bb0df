package dev.dualprocess.capture;

import dev.dualprocess.profile.Profile;
import dev.dualprocess.tensor.Capturing;
import dev.dualprocess.tensor.Flops;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.TensorOwner;
import org.bytedeco.pytorch.Tensor;

/** A recording, the operations it takes, and what it uses of tensors that others may free. */
final class Recorded implements AutoCloseable {
  private final TensorOwner held = new TensorOwner();
  private final Recorder.Recording recording;
  private Flops.Tally operations;

  Recorded(Recorder recorder, Runnable work) {
    try {
      recording = recorder.record(() -> run(work));
    } catch (RuntimeException e) {
      held.close();
      throw e;
    }
  }

  private void run(Runnable work) {
    operations = Flops.tally(() -> Profile.pausing(() -> Capturing.run(held, () -> freeing(work))));
  }

  /** Runs work where it will be recorded, uncounted. */
  static void rehearse(Recorder recorder, Runnable work) {
    recorder.rehearse(() -> Flops.tally(() -> Profile.pausing(() -> freeing(work))));
  }

  private static void freeing(Runnable work) {
    Memory.freeing(
        () -> {
          work.run();
          return null;
        });
  }

  /** A tensor that no scope frees, for what a recording reads or writes. */
  static Tensor place(Tensor like) {
    return Memory.kept(() -> Memory.noGrad(() -> like.detach().clone()));
  }

  /** Another handle on {@code x} that no scope frees. */
  static Tensor handle(Tensor x) {
    return Memory.kept(x::detach);
  }

  /** Writes {@code x} over {@code place}. */
  static void put(Tensor place, Tensor x) {
    Memory.withoutGrad(() -> place.copy_(x));
  }

  void replay() {
    recording.replay();
  }

  /** What one replay takes. */
  Flops.Tally operations() {
    return operations;
  }

  @Override
  public void close() {
    recording.close();
    held.close();
  }
}
