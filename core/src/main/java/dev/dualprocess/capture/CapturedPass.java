package dev.dualprocess.capture;

import java.util.Arrays;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/** A function from one tensor to some. */
final class CapturedPass implements AutoCloseable {
  private final Tensor input;
  private final Recorded work;
  private Tensor[] results = {};

  CapturedPass(Recorder recorder, Tensor like, Function<Tensor, Tensor[]> pass) {
    input = Recorded.place(like);
    try {
      Recorded.rehearse(
          recorder,
          () -> {
            Tensor[] ignored = pass.apply(input);
          });
      work = new Recorded(recorder, () -> keep(pass.apply(input)));
    } catch (RuntimeException e) {
      release();
      throw e;
    }
  }

  private void keep(Tensor[] made) {
    Tensor[] handles = Arrays.stream(made).map(Recorded::handle).toArray(Tensor[]::new);
    Arrays.stream(results).forEach(Tensor::close);
    results = handles;
  }

  /** The function of {@code x}; results are copies, in the caller's scope. */
  Tensor[] run(Tensor x) {
    Recorded.put(input, x);
    work.replay();
    work.operations().tellTogether();
    return Arrays.stream(results).map(Tensor::clone).toArray(Tensor[]::new);
  }

  private void release() {
    Arrays.stream(results).forEach(Tensor::close);
    input.close();
  }

  @Override
  public void close() {
    work.close();
    release();
  }
}
