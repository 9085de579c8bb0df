package dev.dualprocess.cli.bench;

import dev.dualprocess.profile.Clock;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.PeakMemory;
import dev.dualprocess.tensor.Placement;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** What a machine reaches in one large matrix product: what a step is measured against. */
final class MatrixProductPeak {
  private static final long SIDE = 2048;
  private static final int TRIES = 10;

  private MatrixProductPeak() {}

  /**
   * The best of a few products of 2048 x 2048, in operations a second: by the library's own
   * routine, and as the models compute theirs.
   */
  static double measure(Placement placement, Clock clock) {
    PeakMemory device = PeakMemory.of(placement);
    double[] best = {Double.MAX_VALUE};
    Memory.withoutGrad(
        () -> {
          TensorOptions options =
              new TensorOptions(placement.dtype().scalarType())
                  .device(new DeviceOptional(placement.torchDevice()));
          Tensor a = torch.ones(new long[] {SIDE, SIDE}, options);
          Tensor b = torch.ones(new long[] {SIDE, SIDE}, options);
          Tensor c = torch.matmul(a, b);
          for (int i = 0; i < TRIES; i++) {
            device.awaitDevices();
            double start = clock.seconds();
            product(i % 2 == 0, a, b, c);
            device.awaitDevices();
            best[0] = Math.min(best[0], clock.seconds() - start);
          }
        });
    return 2.0 * SIDE * SIDE * SIDE / best[0];
  }

  private static void product(boolean bare, Tensor a, Tensor b, Tensor c) {
    Tensor ignored = bare ? torch.matmul_out(c, a, b) : Ops.linear(a, b, null);
  }
}
