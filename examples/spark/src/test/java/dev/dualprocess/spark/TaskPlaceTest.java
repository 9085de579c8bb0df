package dev.dualprocess.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;

class TaskPlaceTest {
  private static ResourceInformation gpu(String... addresses) {
    return new ResourceInformation("gpu", addresses);
  }

  @Test
  void theTaskComputesOnTheGpuThatSparkGaveIt() {
    assertEquals("cuda:3", TaskPlace.device(gpu("3", "5")));
    assertEquals("cpu", TaskPlace.device(null));
    assertEquals("cpu", TaskPlace.device(gpu()));
  }

  @Test
  void whatIsNoNumberIsToldInOneLine() {
    String told =
        assertThrows(IllegalArgumentException.class, () -> TaskPlace.device(gpu("GPU-7f2a")))
            .getMessage();
    assertTrue(told.contains("GPU-7f2a") && told.contains("gpus.sh"), told);
  }
}
