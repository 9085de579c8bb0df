package dev.dualprocess.image;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import java.awt.image.BufferedImage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** Between pictures and tensors, as diffusers does it. */
class PixelsTest {
  @Test
  void thePictureOfATensorIsDiffusers() {
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden("vae/image_processing")) {
      BufferedImage picture = Pixels.toImage(golden.tensor("post.input"));
      assertArrayEquals(Ops.toLongs(golden.tensor("post.uint8_hwc")), channels(picture));

      // [0, 1] is told by the picture to half a step.
      Tensor unit = Ops.add(Ops.mul(Pixels.toTensor(picture), 0.5), 0.5);
      double off = Golden.largestDifference(golden.tensor("post.output_0_1"), unit);
      assertEquals(0, off, 0.5 / 255 + 1e-6);
    }
  }

  /** Red, green and blue of every pixel, row by row. */
  private static long[] channels(BufferedImage picture) {
    int width = picture.getWidth();
    long[] channels = new long[3 * width * picture.getHeight()];
    for (int i = 0; i < channels.length; i++) {
      int rgb = picture.getRGB(i / 3 % width, i / 3 / width);
      channels[i] = (rgb >> (16 - 8 * (i % 3))) & 0xff;
    }
    return channels;
  }

  @Test
  void theTensorOfAPictureIsDiffusers() {
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden("vae/image_processing")) {
      Tensor hwc = golden.tensor("pre.exact_uint8_hwc");
      long[] values = Ops.toLongs(hwc);
      int width = Math.toIntExact(hwc.size(1));
      int height = Math.toIntExact(hwc.size(0));
      BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      for (int i = 0; i < width * height; i++) {
        long rgb = values[3 * i] << 16 | values[3 * i + 1] << 8 | values[3 * i + 2];
        picture.setRGB(i % width, i / width, (int) rgb);
      }
      Tensor taken = Pixels.toTensor(picture);
      assertEquals(0, Golden.largestDifference(golden.tensor("pre.exact_output"), taken), 1e-6);
    }
  }

  @Property(tries = 50)
  void aPictureIsReadBackExactly(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width) {
    try (PointerScope scope = new PointerScope()) {
      BufferedImage picture = Pixels.toImage(Noise.randn(seed, 1, 3, height, width));
      BufferedImage again = Pixels.toImage(Pixels.toTensor(picture));
      assertArrayEquals(channels(picture), channels(again));
    }
  }

  @Test
  void valuesBeyondTheRangeAreHeldAtIt() {
    try (PointerScope scope = new PointerScope()) {
      Tensor beyond = Ops.floats(new float[] {-7, 3, 0.0f}, 1, 3, 1, 1);
      // 127.5 goes to the even neighbour.
      assertArrayEquals(new long[] {0, 255, 128}, channels(Pixels.toImage(beyond)));
    }
  }

  @Test
  void alphaIsLaidOverWhite() {
    BufferedImage picture = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
    picture.setRGB(0, 0, 0x00123456);
    picture.setRGB(1, 0, 0xff123456);
    picture.setRGB(2, 0, 0x33ff0080); // alpha 0.2
    assertArrayEquals(
        new int[] {0xffffff, 0x123456, 0xffcce6}, // 0.8 · 255 = 204, 0.2 · 128 + 204 = 229.6
        Pixels.rgb(picture));
  }

  @Test
  void whatIsNoImageIsRefused() {
    for (long[] shape : new long[][] {{3, 4, 4}, {2, 3, 4, 4}, {1, 4, 4, 4}}) {
      try (PointerScope scope = new PointerScope()) {
        Tensor tensor = torch.zeros(shape);
        assertRefused(
            IllegalArgumentException.class, () -> Pixels.toImage(tensor), "[1, 3, H, W]", shape[1]);
      }
    }
  }
}
