package dev.dualprocess.idefics2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.VlmProperties;
import dev.dualprocess.vqa.SeenImage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** What holds for images of any size: as for every family, and of image tokens here. */
class Idefics2PropertyTest extends VlmProperties {
  Idefics2PropertyTest() {
    super(new Idefics2Family());
  }

  /** As many image tokens as there are latents, and no pixel counts that fills no patch. */
  @Property(tries = 20)
  void imageTokensDoNotDependOnTheSize(
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 9) int columns,
      @ForAll @IntRange(max = 100) int more) {
    Idefics2Config config = new Idefics2Family().architecture().config();
    int patch = config.vision().patchSize();
    int left = more % patch;
    long height = (long) rows * patch;
    long width = (long) columns * patch;
    try (PointerScope scope = new PointerScope()) {
      Tensor image = Noise.randn(1, 1, 3, height + left, width + left);
      SeenImage seen = model().see(image, Resizing.AUTHORS);
      assertEquals(config.perceiver().resamplerNLatents(), seen.imageTokens());
      Tensor cut = image.narrow(2, 0, height).narrow(3, 0, width);
      SeenImage same = model().see(cut, Resizing.AUTHORS);
      assertArrayEquals(Ops.toFloats(same.tokens()), Ops.toFloats(seen.tokens()), 1e-5f);
    }
  }
}
