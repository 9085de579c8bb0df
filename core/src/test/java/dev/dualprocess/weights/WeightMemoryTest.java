package dev.dualprocess.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.HollowCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What real checkpoints take, by the list of their tensors alone. */
class WeightMemoryTest {
  private static final double GIB = 1 << 30;
  private static final Placement GPU = new Placement("cuda:0", Dtype.BFLOAT16);
  private static final Placement BF16 = new Placement("cpu", Dtype.BFLOAT16);

  @TempDir private Path folder;

  /** The table of docs/performance.md. */
  @ParameterizedTest
  @CsvSource({
    "flux1-schnell-transformer, 22.15, 11.08",
    "flux1-vae, 0.16, 0.08",
    "idefics2-8b, 15.65, 7.96"
  })
  void bytesAreThoseOfTheTable(String model, double bf16, double int8) throws IOException {
    HollowCheckpoint.write(folder, Fixtures.fullsizeShapes(model));
    WeightMemory whole = WeightMemory.of(folder, GPU, WeightSource.FILES);
    assertEquals(bf16, whole.taken() / GIB, 0.006);
    assertEquals(0, whole.mapped() + whole.host() + whole.block());
    WeightMemory small = WeightMemory.of(folder, GPU, WeightSource.FILES.inEightBits());
    assertEquals(int8, small.taken() / GIB, 0.006);
  }

  @Test
  void onTheHostOnlyVectorsTablesAndABlockAreOnTheGpu() throws IOException {
    HollowCheckpoint.write(folder, Fixtures.fullsizeShapes("flux1-schnell-transformer"));
    WeightMemory offloaded = WeightMemory.of(folder, GPU, WeightSource.FILES.onTheHost());
    assertEquals(22.15, offloaded.host() / GIB, 0.01);
    assertEquals(0, offloaded.taken() / GIB, 0.01);
    assertEquals(0.65, offloaded.block() / GIB, 0.02); // docs/performance.md
    WeightMemory both = WeightMemory.of(folder, GPU, WeightSource.FILES.inEightBits().onTheHost());
    assertEquals(11.08, both.host() / GIB, 0.01);
  }

  @Test
  void onTheCpuWeightsOfTheFilesTypeAreMapped() throws IOException {
    HollowCheckpoint.write(folder, small());
    assertEquals(
        new WeightMemory(0, 2 * (1000 + 10), 0, 0, 110),
        WeightMemory.of(folder, BF16, WeightSource.FILES));
    assertEquals(
        new WeightMemory(4 * (1000 + 10), 0, 0, 0, 110),
        WeightMemory.of(folder, Placement.CPU, WeightSource.FILES));
    assertEquals(
        new WeightMemory(4 * 10, 2 * 1000, 0, 4 * 1000, 110),
        WeightMemory.of(folder, Placement.CPU, WeightSource.FILES.onTheHost()));
    assertEquals(
        new WeightMemory(1000 + 4 * 10 + 4 * 10, 0, 0, 4 * 1000, 110),
        WeightMemory.of(folder, Placement.CPU, WeightSource.FILES.inEightBits()));
  }

  private static Map<String, List<Long>> small() {
    return Map.of("blocks.0.proj.weight", List.of(10L, 100L), "blocks.0.proj.bias", List.of(10L));
  }
}
