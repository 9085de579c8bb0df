package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What is said of CUDA where there may be none. */
class CudaLibrariesTest {
  @Test
  void versionsReadAsPeopleWriteThem() {
    assertEquals("13.1", CudaLibraries.cudaVersion(13010));
    assertEquals("12.8", CudaLibraries.cudaVersion(12080));
    assertEquals("9.19.0", CudaLibraries.cudnnVersion(91900));
    assertEquals("9.5.1", CudaLibraries.cudnnVersion(90501));
  }

  @Test
  void theCpuBuildSaysHowToGetTheOther() {
    Assumptions.assumeFalse(Torch.isCudaBuild());
    assertTrue(CudaLibraries.missing().orElseThrow().contains("-gpu in place of the other"));
    assertEquals(List.of(), CudaDevice.all());
  }

  @Test
  void whatIsWantedIsWhatThePresetsWereMadeFor() throws IOException {
    String presets = Loader.getVersion("org.bytedeco", "cuda");
    String wanted = CudaLibraries.WANTED_CUDA + "-" + CudaLibraries.WANTED_CUDNN + "-";
    assertTrue(presets.startsWith(wanted), presets);
  }

  @Test
  void aDeviceThatIsTooOldSaysWhy() {
    CudaDevice h100 = new CudaDevice(0, "NVIDIA H100", 9, 0, 80L << 30);
    assertTrue(h100.usable());
    assertEquals("NVIDIA H100, compute capability 9.0, 80.0 GiB", h100.toString());
    CudaDevice old = new CudaDevice(1, "Tesla V100", 7, 0, 16L << 30);
    assertFalse(old.usable());
    assertTrue(old.toString().contains("libtorch needs 7.5 or more"), old::toString);
    assertTrue(new CudaDevice(2, "Tesla T4", 7, 5, 15L << 30).usable());
  }
}
