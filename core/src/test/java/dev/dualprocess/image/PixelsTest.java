package dev.dualprocess.image;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Between pictures and tensors, as diffusers does it. */
class PixelsTest {
  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void numbersThatAreNoneAreNoPicture(float value) {
    try (PointerScope scope = new PointerScope()) {
      Tensor image = Ops.floats(new float[] {0, value, 0}, 1, 3, 1, 1);
      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> Pixels.toImage(image));
      assertTrue(e.getMessage().startsWith("the picture is not finite"), e.getMessage());
    }
  }

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

  /** A picture of one pixel of those values, as a program may hand it over. */
  private static BufferedImage pixel(ColorModel model, int... values) {
    WritableRaster raster = model.createCompatibleWritableRaster(1, 1);
    raster.setPixel(0, 0, values);
    return new BufferedImage(model, raster, model.isAlphaPremultiplied(), null);
  }

  private static ColorModel components(int space, int transfer, boolean alpha, boolean times) {
    return new ComponentColorModel(
        ColorSpace.getInstance(space), alpha, times, Transparency.TRANSLUCENT, transfer);
  }

  private static void assertTaken(int rgb, BufferedImage picture) {
    assertArrayEquals(new int[] {rgb}, Pixels.rgb(picture));
    BufferedImage opaque = Pixels.opaque(picture);
    assertEquals(BufferedImage.TYPE_INT_RGB, opaque.getType());
    assertEquals(0xff000000 | rgb, opaque.getRGB(0, 0));
    try (PointerScope scope = new PointerScope()) {
      float[] taken = Ops.toFloats(Pixels.toTensor(picture));
      for (int c = 0; c < 3; c++) {
        assertEquals(((rgb >> (16 - 8 * c)) & 0xff) / 127.5f - 1, taken[c], 1e-6f);
      }
    }
  }

  @Test
  void greysAreTakenAsTheyAreStored() {
    int grey = ColorSpace.CS_GRAY;
    int linear = ColorSpace.CS_LINEAR_RGB;
    for (int type : new int[] {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY}) {
      BufferedImage picture = new BufferedImage(1, 1, type);
      int unit = type == BufferedImage.TYPE_BYTE_GRAY ? 1 : 257;
      picture.getRaster().setSample(0, 0, 0, 30 * unit);
      assertTaken(0x1e1e1e, picture);
    }
    assertTaken(0x1e1e1e, pixel(components(grey, DataBuffer.TYPE_BYTE, true, false), 30, 255));
    // 30 · 128 / 255 + 127
    assertTaken(0x8e8e8e, pixel(components(grey, DataBuffer.TYPE_BYTE, true, false), 30, 128));
    assertTaken(0x8e8e8e, pixel(components(grey, DataBuffer.TYPE_BYTE, true, true), 15, 128));
    assertTaken(
        0x8e8e8e, pixel(components(grey, DataBuffer.TYPE_USHORT, true, false), 7710, 128 * 257));
    BufferedImage fraction = pixel(components(grey, DataBuffer.TYPE_FLOAT, false, false), 0);
    fraction.getRaster().setSample(0, 0, 0, 30 / 255f);
    assertTaken(0x1e1e1e, fraction);
    // Who says that his colours are linear is taken at his word: 0.0130 is 0.1176 in sRGB.
    int converted =
        Pixels.rgb(pixel(components(linear, DataBuffer.TYPE_BYTE, false, false), 3, 3, 3))[0];
    assertEquals(0x1c, converted & 0xff, 3);
  }

  @Test
  void coloursOfEveryTypeAreTaken() {
    int[] types = {
      BufferedImage.TYPE_INT_RGB,
      BufferedImage.TYPE_INT_BGR,
      BufferedImage.TYPE_3BYTE_BGR,
      BufferedImage.TYPE_INT_ARGB,
      BufferedImage.TYPE_4BYTE_ABGR,
      BufferedImage.TYPE_INT_ARGB_PRE,
      BufferedImage.TYPE_4BYTE_ABGR_PRE
    };
    for (int type : types) {
      BufferedImage picture = new BufferedImage(1, 1, type);
      picture.setRGB(0, 0, 0xff1e3c5a);
      assertTaken(0x1e3c5a, picture);
      if (picture.getColorModel().hasAlpha()) {
        picture.setRGB(0, 0, 0x33ff0080);
        int rgb = Pixels.rgb(picture)[0];
        assertEquals(0xff, rgb >> 16);
        assertEquals(0xcc, (rgb >> 8) & 0xff);
        assertEquals(0xe6, rgb & 0xff, 1);
      }
    }
    assertTaken(
        0x1e3c5a,
        pixel(
            components(ColorSpace.CS_sRGB, DataBuffer.TYPE_USHORT, false, false),
            30 * 257,
            60 * 257 + 128,
            90 * 257 - 128));
    BufferedImage binary = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_BINARY);
    assertTaken(0x000000, binary);
    binary.getRaster().setSample(0, 0, 0, 1);
    assertTaken(0xffffff, binary);
    IndexColorModel colours =
        new IndexColorModel(
            1, 2, new int[] {0x1e3c5a, 0x00010203}, 0, true, 1, DataBuffer.TYPE_BYTE);
    assertTaken(0xffffff, pixel(colours, 1));
  }

  @Test
  void aPartOfAPictureIsTakenFromItsPlace() {
    BufferedImage whole = new BufferedImage(4, 3, BufferedImage.TYPE_BYTE_GRAY);
    whole.getRaster().setSample(2, 1, 0, 30);
    assertTaken(0x1e1e1e, whole.getSubimage(2, 1, 1, 1));
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
