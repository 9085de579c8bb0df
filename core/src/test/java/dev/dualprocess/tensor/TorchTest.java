package dev.dualprocess.tensor;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** What libtorch's errors look like to people. */
class TorchTest {
  @Test
  void aNativeErrorIsOneLineWithTheShapes() {
    try (PointerScope scope = new PointerScope()) {
      Tensor a = torch.zeros(2, 3);
      Tensor b = torch.zeros(4, 5);
      RuntimeException error = assertThrows(RuntimeException.class, () -> a.matmul(b));
      String told = Torch.message(error);
      assertTrue(told.contains("2x3") && told.contains("4x5"), told);
      assertEquals(1, told.lines().count());
      assertFalse(told.contains("Exception raised from"), told);
      assertFalse(Torch.isOutOfMemory(error));
    }
  }

  @Test
  void anErrorWithoutMessageIsNamed() {
    assertEquals("java.lang.IllegalStateException", Torch.message(new IllegalStateException()));
  }

  @Test
  void moreMemoryThanThereIsIsRecognised() {
    RuntimeException error =
        assertThrows(RuntimeException.class, () -> torch.zeros(1L << 50).close());
    assertTrue(Torch.isOutOfMemory(error), error.getMessage());
  }

  @Test
  void lessThanOneThreadIsRefused() {
    assertRefused(IllegalArgumentException.class, () -> Torch.setThreads(0), "at least 1, not 0");
  }
}
