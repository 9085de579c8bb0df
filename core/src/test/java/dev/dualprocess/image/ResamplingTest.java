package dev.dualprocess.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.image.Resampling.Arithmetic;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Pixels equal to Pillow's, and what holds for every kernel. */
class ResamplingTest {
  @Test
  void lanczosIsPillowsBitForBit() {
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden("vae/image_processing")) {
      Tensor wanted = golden.tensor("pre.flux_output");
      ImageSize size =
          new ImageSize(Math.toIntExact(wanted.size(2)), Math.toIntExact(wanted.size(3)));
      BufferedImage picture = golden.picture("pre.uint8_hwc");
      Tensor resized = Pixels.toTensor(Resampling.LANCZOS.resize(picture, size));
      golden.assertClose("pre.flux_output", resized, 1e-6);
      assertEquals(0, Golden.largestDifference(wanted, resized), 1e-6);
    }
  }

  @Property(tries = 100)
  void onePlainColourStaysThatColour(
      @ForAll Resampling kernel,
      @ForAll Arithmetic arithmetic,
      @ForAll @IntRange(max = 0xffffff) int colour,
      @ForAll @IntRange(min = 1, max = 40) int from,
      @ForAll @IntRange(min = 1, max = 40) int to) {
    BufferedImage picture = new BufferedImage(from, to, BufferedImage.TYPE_INT_RGB);
    int[] plain = new int[from * to];
    Arrays.fill(plain, colour);
    picture.setRGB(0, 0, from, to, plain, 0, from);
    BufferedImage turned = kernel.resize(picture, new ImageSize(from, to), arithmetic);
    assertEquals(to, turned.getWidth());
    assertEquals(from, turned.getHeight());
    int[] masked = Arrays.stream(Pixels.rgb(turned)).map(v -> v & 0xffffff).toArray();
    assertArrayEquals(plain, masked, () -> kernel + " of " + colour);
  }

  @Property(tries = 50)
  void aSizeThatIsThereAlreadyChangesNothing(
      @ForAll Resampling kernel,
      @ForAll @IntRange(min = 1, max = 20) int width,
      @ForAll @IntRange(min = 1, max = 20) int height) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      picture.setRGB(i % width, i / width, i * 0x3579b);
    }
    assertArrayEquals(
        Pixels.rgb(picture), Pixels.rgb(kernel.resize(picture, new ImageSize(height, width))));
  }
}
