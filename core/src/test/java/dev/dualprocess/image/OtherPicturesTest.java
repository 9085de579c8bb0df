package dev.dualprocess.image;

import static dev.dualprocess.image.PngBytes.bytes;
import static dev.dualprocess.image.ReadBack.argb;
import static dev.dualprocess.image.ReadBack.assertNotRead;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GIF and BMP. */
class OtherPicturesTest {
  private static byte[] written(BufferedImage picture, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(picture, format, out);
    return out.toByteArray();
  }

  private static byte[] gif() throws IOException {
    byte[] red = bytes(30, 200, 0);
    byte[] green = bytes(30, 10, 0);
    byte[] blue = bytes(30, 20, 0);
    IndexColorModel colours = new IndexColorModel(2, 3, red, green, blue, 2);
    BufferedImage picture = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_INDEXED, colours);
    picture.getRaster().setPixels(0, 0, 3, 2, new int[] {0, 1, 2, 2, 0, 1});
    return written(picture, "gif");
  }

  @Test
  void gifsGiveTheirColours() throws IOException {
    int[] argb = argb(gif());
    assertArrayEquals(
        new int[] {0xff1e1e1e, 0xffc80a14, 0, 0, 0xff1e1e1e, 0xffc80a14},
        Arrays.stream(argb).map(v -> v >>> 24 == 0 ? 0 : v).toArray());
  }

  @Test
  void theFirstFrameOfAGifStandsOnItsCanvas() throws IOException {
    ByteBuffer file = ByteBuffer.wrap(gif()).order(ByteOrder.LITTLE_ENDIAN);
    file.putShort(6, (short) 5).putShort(8, (short) 4);
    int frame = indexOfFrame(file);
    file.putShort(frame + 1, (short) 1).putShort(frame + 3, (short) 2);
    BufferedImage picture = ReadBack.picture(file.array());
    assertEquals(5, picture.getWidth());
    assertEquals(4, picture.getHeight());
    assertEquals(0, picture.getRGB(0, 0));
    assertEquals(0xff1e1e1e, picture.getRGB(1, 2));
    assertEquals(0xffc80a14, picture.getRGB(2, 2));
  }

  private static int indexOfFrame(ByteBuffer file) {
    int at = 13 + (3 << ((file.get(10) & 7) + 1)); // the header and its colours
    while (file.get(at) != 0x2c) {
      at++;
    }
    return at;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 8, 9, 20})
  void interlacedGifsHaveTheirRowsInOrder(int height) throws IOException {
    BufferedImage picture = new BufferedImage(3, height, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 3 * height; i++) {
      picture.getRaster().setSample(i % 3, i / 3, 0, i);
    }
    byte[] file = written(picture, "gif");
    assertEquals(0x40, file[indexOfFrame(ByteBuffer.wrap(file)) + 9] & 0x40, "is interlaced");
    int[] argb = argb(file);
    for (int i = 0; i < argb.length; i++) {
      assertEquals(0xff000000 | i * 0x10101, argb[i]);
    }
  }

  @Test
  void gifsThatAreCutAreRefused() throws IOException {
    byte[] whole = gif();
    for (int length = 6; length < whole.length - 1; length++) {
      assertNotRead(Arrays.copyOf(whole, length), "ends too early", "get it again");
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_BYTE_GRAY,
        BufferedImage.TYPE_BYTE_BINARY
      })
  void bmpsGiveTheirValues(int type) throws IOException {
    BufferedImage picture = new BufferedImage(4, 2, type);
    int most = type == BufferedImage.TYPE_BYTE_BINARY ? 1 : 255;
    for (int band = 0; band < picture.getRaster().getNumBands(); band++) {
      picture.getRaster().setSample(1, 1, band, Math.min(most, 30 + band));
    }
    int[] argb = argb(written(picture, "bmp"));
    assertEquals(0xff000000, argb[0]);
    int expected = type == BufferedImage.TYPE_3BYTE_BGR ? 0xff1e1f20 : 0xff1e1e1e;
    assertEquals(most == 1 ? 0xffffffff : expected, argb[5]);
  }

  @Test
  void bmpsThatAreCutAreRefused() throws IOException {
    byte[] whole = written(new BufferedImage(20, 20, BufferedImage.TYPE_3BYTE_BGR), "bmp");
    for (int length = 40; length < whole.length; length += 7) {
      assertNotRead(Arrays.copyOf(whole, length), "get it again");
    }
  }

  @Test
  void wordsThatBeginLikeABmpAreNone() throws IOException {
    byte[] text = "BMW builds cars, and more".getBytes(StandardCharsets.UTF_8);
    assertNotRead(text, "it is text");
  }
}
