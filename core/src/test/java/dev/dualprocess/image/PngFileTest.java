package dev.dualprocess.image;

import static dev.dualprocess.image.PngBytes.bytes;
import static dev.dualprocess.image.PngBytes.shorts;
import static dev.dualprocess.image.ReadBack.argb;
import static dev.dualprocess.image.ReadBack.assertNotRead;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PNG files of every kind: the values that stand in them are the values that are read. */
class PngFileTest {
  private static final byte[] COLOURS = bytes(10, 20, 30, 40, 50, 60, 70, 80, 90);

  private static void assertRead(byte[] file, long... argb) throws IOException {
    assertArrayEquals(Arrays.stream(argb).mapToInt(v -> (int) v).toArray(), argb(file));
  }

  @Test
  void greysAreCopied() throws IOException {
    assertRead(
        new PngBytes(4, 1, 8, PngBytes.GREY).rows(bytes(0, 30, 128, 255)),
        0xff000000L,
        0xff1e1e1eL,
        0xff808080L,
        0xffffffffL);
    assertRead(
        new PngBytes(3, 1, 1, PngBytes.GREY).rows(bytes(0b01000000)),
        0xff000000L,
        0xffffffffL,
        0xff000000L);
    assertRead(
        new PngBytes(4, 1, 2, PngBytes.GREY).rows(bytes(0b00011011)),
        0xff000000L,
        0xff555555L,
        0xffaaaaaaL,
        0xffffffffL);
    assertRead(new PngBytes(2, 1, 4, PngBytes.GREY).rows(bytes(0x39)), 0xff333333L, 0xff999999L);
  }

  @Test
  void sixteenBitsAreDividedBy257AndRounded() throws IOException {
    assertRead(
        new PngBytes(4, 1, 16, PngBytes.GREY)
            .rows(shorts(0, 30 * 257 + 128, 30 * 257 + 129, 65535)),
        0xff000000L,
        0xff1e1e1eL,
        0xff1f1f1fL,
        0xffffffffL);
    assertRead(
        new PngBytes(1, 1, 16, PngBytes.RGB).rows(shorts(30 * 257 + 129, 60 * 257, 90 * 257 - 128)),
        0xff1f3c5aL);
    assertRead(
        new PngBytes(1, 1, 16, PngBytes.GREY_ALPHA).rows(shorts(30 * 257, 128 * 257)), 0x801e1e1eL);
    assertRead(
        new PngBytes(1, 1, 16, PngBytes.RGBA).rows(shorts(257, 514, 771, 65535)), 0xff010203L);
  }

  @Test
  void alphaIsKept() throws IOException {
    assertRead(
        new PngBytes(2, 1, 8, PngBytes.GREY_ALPHA).rows(bytes(30, 128, 200, 255)),
        0x801e1e1eL,
        0xffc8c8c8L);
    assertRead(
        new PngBytes(2, 1, 8, PngBytes.RGBA).rows(bytes(30, 60, 90, 128, 1, 2, 3, 0)),
        0x801e3c5aL,
        0x00010203L);
  }

  @ParameterizedTest
  @CsvSource({"2, 24", "4, 1 32", "8, 0 1 2"})
  void palettesGiveTheirColours(int bits, String packed) throws IOException {
    byte[] row = bytes(Arrays.stream(packed.split(" ")).mapToInt(Integer::parseInt).toArray());
    assertRead(
        new PngBytes(3, 1, bits, PngBytes.PALETTE).chunk("PLTE", COLOURS).rows(row),
        0xff0a141eL,
        0xff28323cL,
        0xff46505aL);
    assertRead(
        new PngBytes(3, 1, bits, PngBytes.PALETTE)
            .chunk("PLTE", COLOURS)
            .chunk("tRNS", bytes(255, 128))
            .rows(row),
        0xff0a141eL,
        0x8028323cL,
        0xff46505aL);
  }

  @Test
  void palettesOfTwoColours() throws IOException {
    assertRead(
        new PngBytes(2, 1, 1, PngBytes.PALETTE)
            .chunk("PLTE", bytes(10, 20, 30, 40, 50, 60))
            .rows(bytes(0b01000000)),
        0xff0a141eL,
        0xff28323cL);
  }

  @Test
  void oneColourMayBeSeeThrough() throws IOException {
    assertRead(
        new PngBytes(2, 1, 8, PngBytes.GREY).chunk("tRNS", shorts(30)).rows(bytes(0, 30)),
        0xff000000L,
        0x001e1e1eL);
    assertRead(
        new PngBytes(2, 1, 1, PngBytes.GREY).chunk("tRNS", shorts(1)).rows(bytes(0b01000000)),
        0xff000000L,
        0x00ffffffL);
    assertRead(
        new PngBytes(2, 1, 4, PngBytes.GREY).chunk("tRNS", shorts(3)).rows(bytes(0x93)),
        0xff999999L,
        0x00333333L);
    assertRead(
        new PngBytes(2, 1, 16, PngBytes.GREY).chunk("tRNS", shorts(7710)).rows(shorts(7711, 7710)),
        0xff1e1e1eL,
        0x001e1e1eL);
    assertRead(
        new PngBytes(2, 1, 8, PngBytes.RGB)
            .chunk("tRNS", shorts(1, 2, 3))
            .rows(bytes(1, 2, 4, 1, 2, 3)),
        0xff010204L,
        0x00010203L);
  }

  @Test
  void whatStandsBesideThePixelsDoesNotChangeThem() throws IOException {
    PngBytes png = new PngBytes(2, 1, 8, PngBytes.GREY);
    png.chunk("gAMA", bytes(0, 1, 0x86, 0xa0)); // 1.0: linear
    png.chunk("cHRM", new byte[32]).chunk("sRGB", bytes(0));
    png.text("iCCP", "broken").text("tEXt", "").text("zTXt", "a\0\0zz").text("iTXt", "ab");
    png.chunk("acTL", bytes(0, 0, 0, 2, 0, 0, 0, 0)).text("eXIf", "MM").text("prVt", "x");
    assertRead(png.rows(bytes(30, 60)), 0xff1e1e1eL, 0xff3c3c3cL);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1 2 3 4 5 6", "2, 3 2 1 6 5 4", "3, 6 5 4 3 2 1", "4, 4 5 6 1 2 3",
    "5, 1 4 2 5 3 6", "6, 4 1 5 2 6 3", "7, 6 3 5 2 4 1", "8, 3 6 2 5 1 4",
    "0, 1 2 3 4 5 6", "9, 1 2 3 4 5 6"
  })
  void exifTurnsIt(int orientation, String greys) throws IOException {
    byte[] file =
        new PngBytes(3, 2, 8, PngBytes.GREY)
            .chunk("eXIf", ReadBack.exif(orientation, ByteOrder.LITTLE_ENDIAN))
            .rows(bytes(1, 2, 3), bytes(4, 5, 6));
    BufferedImage picture = ReadBack.picture(file);
    assertEquals(orientation >= 5 && orientation <= 8 ? 2 : 3, picture.getWidth());
    int[] expected =
        Arrays.stream(greys.split(" "))
            .mapToInt(grey -> 0xff000000 | Integer.parseInt(grey) * 0x10101)
            .toArray();
    assertArrayEquals(expected, argb(file));
  }

  /** The seven passes of Adam7: first column, first row, distance of columns, of rows. */
  private static final int[][] PASSES = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  @Test
  void interlacedOnesAreTheSame() throws IOException {
    int width = 11;
    int height = 9;
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    for (int[] pass : PASSES) {
      for (int y = pass[1]; y < height; y += pass[3]) {
        raw.write(0);
        for (int x = pass[0]; x < width; x += pass[2]) {
          raw.write(y * width + x);
        }
      }
    }
    byte[] rows = raw.toByteArray();
    byte[] file =
        new PngBytes(width, height, 8, PngBytes.GREY, true)
            .rows(Arrays.copyOfRange(rows, 1, rows.length));
    int[] argb = argb(file);
    for (int i = 0; i < argb.length; i++) {
      assertEquals(0xff000000 | i * 0x10101, argb[i]);
    }
  }

  @Property(tries = 200)
  void anyValuesComeBack(
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll boolean sixteen,
      @ForAll @IntRange(min = 1, max = 5) int width,
      @ForAll @Size(60) byte[] noise)
      throws IOException {
    int colors =
        new int[] {PngBytes.GREY, PngBytes.GREY_ALPHA, PngBytes.RGB, PngBytes.RGBA}[channels - 1];
    int size = sixteen ? 2 : 1;
    byte[][] rows = {
      Arrays.copyOf(noise, width * channels * size),
      Arrays.copyOfRange(noise, 10, 10 + width * channels * size)
    };
    int[] argb = argb(new PngBytes(width, 2, 8 * size, colors).rows(rows));
    for (int i = 0; i < argb.length; i++) {
      byte[] row = rows[i / width];
      int[] v = new int[channels];
      for (int c = 0; c < channels; c++) {
        int at = (i % width * channels + c) * size;
        v[c] =
            sixteen
                ? (int) Math.round((((row[at] & 0xff) << 8) | (row[at + 1] & 0xff)) / 257.0)
                : row[at] & 0xff;
      }
      int alpha = channels % 2 == 0 ? v[channels - 1] : 255;
      int[] rgb = channels < 3 ? new int[] {v[0], v[0], v[0]} : v;
      assertEquals(alpha << 24 | rgb[0] << 16 | rgb[1] << 8 | rgb[2], argb[i]);
    }
  }

  @Test
  void whatIsCutAnywhereIsRefused() throws IOException {
    byte[] whole = new PngBytes(3, 2, 8, PngBytes.GREY).rows(bytes(1, 2, 3), bytes(4, 5, 6));
    for (int length = 8; length < whole.length; length++) {
      assertNotRead(Arrays.copyOf(whole, length), "truncated PNG", "get it again");
    }
    assertEquals(6, argb(ReadBack.joined(whole, bytes(1, 2, 3))).length, "more is no harm");
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 20, 37, 44, 60})
  void aWrongByteIsRefused(int where) throws IOException {
    byte[] file = new PngBytes(3, 2, 8, PngBytes.GREY).rows(bytes(1, 2, 3), bytes(4, 5, 6));
    file[Math.min(where, file.length - 2)] ^= 1;
    assertNotRead(file, "it is damaged", "get it again");
  }

  @Test
  void tooFewRowsAreRefused() throws IOException {
    assertNotRead(new PngBytes(3, 9, 8, PngBytes.GREY).rows(bytes(1, 2, 3)), "get it again");
  }

  @Test
  void phonesInternalPngsAreRefused() throws IOException {
    byte[] file =
        new PngBytes(3, 1, 8, PngBytes.GREY).chunk("CgBI", new byte[4]).rows(bytes(1, 2, 3));
    assertNotRead(file, "CgBI", "convert it");
  }

  @Test
  void whatIsTooLargeIsRefusedByItsHeader() throws IOException {
    byte[] file = new PngBytes(10_001, 10_000, 8, PngBytes.GREY).rows(bytes(1, 2, 3));
    assertNotRead(file, "10001x10000 pixels", "more than 100 million", "make it smaller");
    byte[] wrapped = new PngBytes(0x40000001, 4, 8, PngBytes.GREY).rows(bytes(1, 2, 3));
    assertNotRead(wrapped, "1073741825x4 pixels");
  }
}
