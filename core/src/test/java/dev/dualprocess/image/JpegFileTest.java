package dev.dualprocess.image;

import static dev.dualprocess.image.ReadBack.argb;
import static dev.dualprocess.image.ReadBack.assertNotRead;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JPEG files of every kind: what their channels mean, how they were held, what is missing. */
class JpegFileTest {
  private static void assertNear(int red, int green, int blue, byte[] file) throws IOException {
    int[] argb = argb(file);
    assertEquals(256, argb.length);
    for (int pixel : argb) {
      assertEquals(red, pixel >> 16 & 0xff, 1.01);
      assertEquals(green, pixel >> 8 & 0xff, 1.01);
      assertEquals(blue, pixel & 0xff, 1.01);
    }
  }

  /** Four fields of 16x16 pixels: red and green, blue and white. */
  private static BufferedImage fields() {
    BufferedImage picture = new BufferedImage(48, 32, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 48 * 32; i++) {
      int field = (i % 48 < 24 ? 0 : 1) + (i / 48 < 16 ? 0 : 2);
      picture.setRGB(i % 48, i / 48, new int[] {0xff0000, 0x00ff00, 0x0000ff, 0xffffff}[field]);
    }
    return picture;
  }

  private static BufferedImage waves() {
    BufferedImage picture = new BufferedImage(45, 37, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 37; y++) {
      for (int x = 0; x < 45; x++) {
        picture.setRGB(x, y, (5 * x) << 16 | (6 * y) << 8 | (x * y % 256));
      }
    }
    return picture;
  }

  @Test
  void greysAreCopied() throws IOException {
    BufferedImage grey = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 256; i++) {
      grey.getRaster().setSample(i % 16, i / 16, 0, 30);
    }
    assertNear(30, 30, 30, JpegBytes.of(grey, false));
    assertNear(30, 30, 30, JpegBytes.flat(30));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void coloursAreTheJdks(boolean progressive) throws IOException {
    byte[] file = JpegBytes.of(waves(), progressive);
    BufferedImage theirs = ImageIO.read(new ByteArrayInputStream(file));
    int[] expected = theirs.getRGB(0, 0, 45, 37, null, 0, 45);
    assertArrayEquals(expected, argb(file));
  }

  @Test
  void threeChannelsAreWhatTheMarkersSay() throws IOException {
    byte[] file = JpegBytes.flat(200, 100, 150);
    // R = 200 + 1.402 · 22, G = 200 + 0.34414 · 28 - 0.71414 · 22, B = 200 - 1.772 · 28
    assertNear(231, 194, 150, file);
    assertNear(231, 194, 150, JpegBytes.adobe(1, file));
    assertNear(200, 100, 150, JpegBytes.adobe(0, file));
    byte[] jfif = "JFIF\0\1\1\0\0\1\0\1\0\0".getBytes(StandardCharsets.ISO_8859_1);
    assertNear(231, 194, 150, JpegBytes.with(0xe0, jfif, JpegBytes.adobe(0, file)));
    assertNear(200, 100, 150, named('R', 'G', 'B', file));
    assertNear(231, 194, 150, named(0, 1, 2, file));
  }

  /** The file with other numbers for its components. */
  private static byte[] named(int first, int second, int third, byte[] jpeg) {
    byte[] renamed = jpeg.clone();
    int[] names = {first, second, third};
    int frame = indexOf(0xc0, jpeg) + 10;
    int scan = indexOf(0xda, jpeg) + 5;
    for (int i = 0; i < 3; i++) {
      renamed[frame + 3 * i] = (byte) names[i];
      renamed[scan + 2 * i] = (byte) names[i];
    }
    return renamed;
  }

  private static int indexOf(int marker, byte[] jpeg) {
    for (int i = 0; i < jpeg.length; i++) {
      if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) marker) {
        return i;
      }
    }
    throw new AssertionError("no marker " + marker);
  }

  @Test
  void inksAreInvertedAndDarkenedByBlack() throws IOException {
    byte[] file = JpegBytes.flat(255, 128, 64, 200);
    // 200 · 255 / 255, 200 · 128 / 255, 200 · 64 / 255
    assertNear(200, 100, 50, JpegBytes.adobe(0, file));
    assertNear(200, 100, 50, file);
  }

  @Test
  void inksThatAreTransformedAreTransformedBack() throws IOException {
    byte[] file = JpegBytes.flat(200, 100, 150, 128);
    // The inks are what is left of (231, 194, 150): 24, 61, 105 of 255; half of them in the dark.
    assertNear(12, 31, 53, JpegBytes.adobe(2, file));
  }

  @Test
  void twoChannelsAreNoColours() throws IOException {
    assertNotRead(JpegBytes.flat(10, 20), "2 channels", "convert it");
  }

  @Test
  void aColourProfileChangesNothing() throws IOException {
    byte[] file = JpegBytes.of(waves(), false);
    byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    byte[] heading = "ICC_PROFILE\0\1\1".getBytes(StandardCharsets.ISO_8859_1);
    byte[] with = JpegBytes.with(0xe2, ReadBack.joined(heading, profile), file);
    assertArrayEquals(argb(file), argb(with));
    assertArrayEquals(argb(file), argb(JpegBytes.with(0xe2, heading, file)));
  }

  /** What stands in the corners, from the upper left in reading order. */
  @ParameterizedTest
  @CsvSource({
    "1, RGBW",
    "2, GRWB",
    "3, WBGR",
    "4, BWRG",
    "5, RBGW",
    "6, BRWG",
    "7, WGBR",
    "8, GWRB",
    "0, RGBW",
    "99, RGBW"
  })
  void exifTurnsIt(int orientation, String corners) throws IOException {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      byte[] exif = ReadBack.exif(orientation, order);
      byte[] file = JpegBytes.held(exif, JpegBytes.of(fields(), false));
      BufferedImage picture = ReadBack.picture(file);
      boolean turned = orientation >= 5 && orientation <= 8;
      assertEquals(turned ? 32 : 48, picture.getWidth());
      assertEquals(turned ? 48 : 32, picture.getHeight());
      int right = picture.getWidth() - 3;
      int bottom = picture.getHeight() - 3;
      String seen = at(picture, 2, 2) + at(picture, right, 2);
      assertEquals(corners, seen + at(picture, 2, bottom) + at(picture, right, bottom));
    }
  }

  private static String at(BufferedImage picture, int x, int y) {
    int rgb = picture.getRGB(x, y) & 0x808080;
    return switch (rgb) {
      case 0x800000 -> "R";
      case 0x008000 -> "G";
      case 0x000080 -> "B";
      default -> "W";
    };
  }

  @Test
  void brokenExifTurnsNothing() throws IOException {
    byte[] plain = JpegBytes.of(fields(), false);
    byte[] exif = ReadBack.exif(6, ByteOrder.BIG_ENDIAN);
    for (int length = 0; length < 32; length++) {
      byte[] held = JpegBytes.held(Arrays.copyOf(exif, length), plain);
      assertEquals(48, ReadBack.picture(held).getWidth(), "cut to " + length);
    }
    exif[7] = (byte) 0xff;
    assertEquals(48, ReadBack.picture(JpegBytes.held(exif, plain)).getWidth());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsCutAnywhereIsRefused(boolean progressive) throws IOException {
    byte[] whole = JpegBytes.of(waves(), progressive);
    for (int length = 3; length < whole.length; length += length < 40 ? 1 : 97) {
      assertNotRead(Arrays.copyOf(whole, length), "truncated JPEG", "get it again");
      byte[] filled = Arrays.copyOf(Arrays.copyOf(whole, length), whole.length);
      assertNotRead(filled, "get it again");
    }
    assertNotRead(Arrays.copyOf(whole, whole.length - 1), "truncated JPEG");
    assertEquals(45 * 37, argb(ReadBack.joined(whole, whole)).length, "more is no harm");
  }

  @Test
  void aFileWhoseMiddleIsMissingIsRefused() throws IOException {
    byte[] whole = JpegBytes.of(waves(), false);
    byte[] end = {(byte) 0xff, (byte) 0xd9};
    byte[] cut = ReadBack.joined(Arrays.copyOf(whole, whole.length * 2 / 3), end);
    assertNotRead(cut, "it is damaged", "get it again");
  }

  @Test
  void whatIsTooLargeIsRefusedByItsHeader() throws IOException {
    byte[] file = JpegBytes.flat(1);
    int frame = indexOf(0xc0, file);
    file[frame + 5] = 100; // 25616 rows
    file[frame + 7] = 100;
    assertNotRead(file, "25616x25616 pixels", "more than 100 million");
  }
}
