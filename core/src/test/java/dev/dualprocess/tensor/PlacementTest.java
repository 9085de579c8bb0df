package dev.dualprocess.tensor;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices by name. */
class PlacementTest {
  @Test
  void aDeviceHasATypeThatSuitsIt() {
    assertEquals(new Placement("cpu", Dtype.FLOAT32), Placement.on("cpu"));
    assertEquals(new Placement("cuda:1", Dtype.BFLOAT16), Placement.on("cuda:1"));
    assertEquals("cuda:0", Placement.on("cuda").device());
    assertTrue(Placement.META.isMeta());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:100", "CPU", "mps", "cpu:0"})
  void anUnknownDeviceIsRefused(String device) {
    assertRefused(
        IllegalArgumentException.class, () -> Placement.on(device), "'" + device + "'", "cuda:0");
  }

  @ParameterizedTest
  @EnumSource(
      value = Dtype.class,
      names = {"INT64", "INT32", "UINT8", "BOOL"})
  void weightsAreFloatingPoint(Dtype dtype) {
    assertRefused(
        IllegalArgumentException.class, () -> new Placement("cpu", dtype), "floating point", dtype);
  }

  @Test
  void theCpuIsAlwaysThere() {
    assertSame(Placement.CPU, Placement.CPU.requireAvailable());
  }

  @Test
  void aGpuThatIsNotThereIsRefused() {
    assertRefused(
        IllegalArgumentException.class,
        () -> Placement.on("cuda:99").requireAvailable(),
        "device cuda:99");
  }

  @Test
  void withoutAGpuTheCpuIsRecommended() {
    assumeTrue(Torch.cudaDevices() == 0);
    assertRefused(
        IllegalArgumentException.class,
        () -> Placement.on("cuda").requireAvailable(),
        "device cuda:0",
        "no CUDA device is usable here",
        Torch.build(),
        "use cpu");
    assertEquals(Placement.CPU, Placement.automatic());
  }

  @Test
  void floatsTakeItsTypeAndIntegersKeepTheirs() {
    Placement half = new Placement("cpu", Dtype.BFLOAT16);
    try (PointerScope scope = new PointerScope()) {
      Tensor floats = Ops.floats(new float[] {1.5f}, 1);
      assertEquals(Dtype.BFLOAT16, Dtype.of(half.place(floats)));
      assertEquals(Dtype.FLOAT32, Dtype.of(half.placeFloat32(half.place(floats))));
      assertEquals(Dtype.INT64, Dtype.of(half.place(Ops.longs(new long[] {3}, 1))));
    }
  }
}
