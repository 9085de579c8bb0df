package dev.dualprocess.cli.drawing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.models.MemoryNeed;
import dev.dualprocess.models.MemoryNeed.During;
import dev.dualprocess.models.MemoryNeed.Item;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Placement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many pictures are drawn together where nobody says. */
class BatchSizeTest {
  private static final long GIB = 1L << 30;
  private static final Placement GPU = new Placement("cuda:0", Dtype.BFLOAT16);
  private static final ImageSize SIZE = ImageSize.square(512); // 0.5 GiB to decode

  private static int of(long passes, long free) {
    Item weights = new Item("transformer", "cuda:0", During.ALL, 24 * GIB, 0);
    Item activations = new Item("activations", "cuda:0", During.RUN, passes, 0);
    return BatchSize.of(new MemoryNeed(List.of(weights, activations)), SIZE, GPU, free);
  }

  @Test
  void asManyAsFitInHalfOfWhatIsFree() {
    assertEquals(4, of(GIB / 4, 4 * GIB), "decoding takes more");
    assertEquals(2, of(GIB, 4 * GIB), "a pass takes more");
    assertEquals(1, of(GIB, GIB), "one in any case");
    assertEquals(8, of(GIB, 80 * GIB), "never more than 8");
  }

  @Test
  void oneOnTheCpu() {
    assertEquals(1, BatchSize.fitting(new MemoryNeed(List.of()), SIZE, Placement.CPU));
  }
}
