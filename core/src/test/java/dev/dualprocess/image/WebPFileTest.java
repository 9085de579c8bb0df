package dev.dualprocess.image;

import static dev.dualprocess.image.ReadBack.argb;
import static dev.dualprocess.image.ReadBack.assertNotRead;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** WebP files, written by libwebp. */
class WebPFileTest {
  /** (30,30,30) (200,10,20) (0,0,0) / (255,255,255) (1,2,3) (90,60,30). */
  private static final byte[] LOSSLESS =
      webP(
          "UklGRkoAAABXRUJQVlA4TD4AAAAvAkAAAC+gqJEU5gpNAG/8u8QGgaTNWK7neOXHutIABBgraf4/1vwHwP/ZmM22LgCF"
              + "bCPAoXtBzuEi+h/HCg==");

  /** The same, held as 6. */
  private static final byte[] TURNED =
      webP(
          "UklGRn4AAABXRUJQVlA4WAoAAAAIAAAAAgAAAQAAVlA4TD4AAAAvAkAAAC+gqJEU5gpNAG/8u8QGgaTNWK7neOXHutIA"
              + "BBgraf4/1vwHwP/ZmM22LgCFbCPAoXtBzuEi+h/HCkVYSUYaAAAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAAA");

  /** (200,10,20) half see-through, (1,2,3). */
  private static final byte[] ALPHA =
      webP("UklGRiYAAABXRUJQVlA4TBoAAAAvAQAAEA9wAYQ9Jsi2DW07wR/4H+yHjOh/AA==");

  /** 16x16 of (200,10,20). */
  private static final byte[] LOSSY =
      webP(
          "UklGRkAAAABXRUJQVlA4IDQAAAAQAgCdASoQABAAAMASJaACdLoB+AH4gAPIAP77sCv/RhCh+34Wv/37r/AX/37r/786"
              + "AAAA");

  /** The same, half see-through. */
  private static final byte[] LOSSY_ALPHA =
      webP(
          "UklGRmQAAABXRUJQVlA4WAoAAAAQAAAADwAADwAAQUxQSAoAAAABB1DAiAhERP8DVlA4IDQAAAAQAgCdASoQABAAAMAS"
              + "JaACdLoB+AH4gAPIAP77sCv/RhCh+34Wv/37r/AX/37r/786AAAA");

  /** 64x64 of grey waves, 128 + 100 sin(x/9) cos(y/11), at quality 60. */
  private static final byte[] WAVES =
      webP(
          "UklGRgYBAABXRUJQVlA4IPoAAAAQDQCdASpAAEAAPrVOoU0nI6MiKhM9EOAWiWkACi/8Xtx05k0DDhK3httvf8Msus/O"
              + "rKTb95+GCt3zBR9FNJtXKmCJEQoCfA4S87XfESaelYQCCmEienp0/4t7yYVWKxrNJjsAm3peYDcDF3z+rRn0AAD8"
              + "8yhxv4rkqrcimYjy0Vugw3SiUrw57dsGYTqP7v8gE6x49qYuXpo2hEW4l8MvO1uihZ7a7yenr0IFg7SIcd87CnHv"
              + "std66H+K7wDbVgVPmTQv5k1wNG5Gsl1N/pFbqRM/lbPZLkvyzqw+0p9k0g7CTFtVLI7toWSwNhPNnaZmuWVN5Hcv"
              + "oAAA");

  /** 6x4, of which the first frame fills (200,10,20) from (2,2) to (3,3). */
  private static final byte[] ANIMATION =
      webP(
          "UklGRooAAABXRUJQVlA4WAoAAAACAAAABQAAAwAAQU5JTQYAAAAAAAAAAABBTk1GKgAAAAEAAAEAAAEAAAEAAAAAAANW"
              + "UDhMEQAAAC8BQAAAB1CFIpei/4GI6H8AAEFOTUYsAAAAAAAAAAAAAQAAAQAAAAAAAFZQOEwUAAAALwFAAAAHUIFUCCAA"
              + "Cpr+x4iI/gc=");

  /** 1024x1024 of white with a red line at row 400, lossless. */
  private static final byte[] LINE =
      webP(
          "UklGRlgAAABXRUJQVlA4TEwAAAAv/8P/AA8w//M///MfWlDQtg1T/qQLYscR/c/yn//85z//+c9//vOf//zn/ynK+Jf/"
              + "/Oc///nPf/7zn//85z//+c9//vOf//zn/0YG");

  /** See-through parts whose data end in the middle of a table. */
  private static final byte[] SPOILT_ALPHA =
      webP(
          "UklGRmQAAABXRUJQVlA4WAoAAAAQAAAADwAADwAAQUxQSAoAAAABB1DAiAhlRP8DVlA4IDQAAAAQgP////8QABAAAMAS"
              + "JaACdLoB+AH4gAPIAP77sCv/RhCh+37//xAAEAAAwBIloAJ0ugH4AfiAA8gA/vuwK/9GEKH7fha//fuv8Bf/fuv/"
              + "vzoAAAA=");

  private static byte[] webP(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  private static void assertRead(byte[] file, long... argb) throws IOException {
    assertArrayEquals(Arrays.stream(argb).mapToInt(v -> (int) v).toArray(), argb(file));
  }

  @Test
  void losslessValuesAreCopied() throws IOException {
    assertRead(
        LOSSLESS, 0xff1e1e1eL, 0xffc80a14L, 0xff000000L, 0xffffffffL, 0xff010203L, 0xff5a3c1eL);
    assertRead(ALPHA, 0x80c80a14L, 0xff010203L);
  }

  @Test
  void aLargeDrawingInAFewBytesIsRead() throws IOException {
    BufferedImage line = ReadBack.picture(LINE);
    assertEquals(1024, line.getHeight());
    assertEquals(0xffffffff, line.getRGB(1000, 300));
    assertEquals(0xffff0000, line.getRGB(1000, 400));
  }

  @Test
  void exifTurnsIt() throws IOException {
    assertEquals(2, ReadBack.picture(TURNED).getWidth());
    assertRead(
        TURNED, 0xffffffffL, 0xff1e1e1eL, 0xff010203L, 0xffc80a14L, 0xff5a3c1eL, 0xff000000L);
  }

  @Test
  void lossyOnesComeOutNearTheOriginal() throws IOException {
    for (byte[] file : new byte[][] {LOSSY, LOSSY_ALPHA}) {
      int[] argb = argb(file);
      assertEquals(256, argb.length);
      for (int pixel : argb) {
        assertEquals(file == LOSSY ? 255 : 128, pixel >>> 24);
        assertEquals(200, pixel >> 16 & 0xff, 3);
        assertEquals(10, pixel >> 8 & 0xff, 3);
        assertEquals(20, pixel & 0xff, 3);
      }
    }
  }

  @Test
  void lossyErrorsDoNotAddUpAcrossThePicture() throws IOException {
    BufferedImage picture = ReadBack.picture(WAVES);
    double off = 0;
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 64; x++) {
        double value = 128 + 100 * Math.sin(x / 9.0) * Math.cos(y / 11.0);
        off += Math.abs(value - (picture.getRGB(x, y) & 0xff)) / (64 * 64);
      }
    }
    assertEquals(0, off, 4);
  }

  @Test
  void theFirstFrameStandsOnItsCanvas() throws IOException {
    BufferedImage picture = ReadBack.picture(ANIMATION);
    assertEquals(6, picture.getWidth());
    assertEquals(4, picture.getHeight());
    for (int i = 0; i < 24; i++) {
      boolean inside = i % 6 / 2 == 1 && i / 6 >= 2;
      assertEquals(inside ? 0xffc80a14 : 0, picture.getRGB(i % 6, i / 6), "pixel " + i);
    }
  }

  /** The header of 9,985 x 9,985 over a frame of 16 x 16. */
  @Test
  void aHeaderOfMoreThanTheFileCanHoldIsRefused() throws IOException {
    byte[] bomb = LOSSY_ALPHA.clone();
    for (int at : new int[] {24, 27}) {
      bomb[at] = 0;
      bomb[at + 1] = 39;
    }
    assertNotRead(bomb, "it is damaged (", " bytes cannot hold 99700225 pixels); get it again");
  }

  /** A frame of 2x2 on a canvas of 6 x 8,388,356. As the soak found it: pictures:19669. */
  @Test
  void aCanvasOfMoreThanTheFileCanHoldIsRefused() throws IOException {
    byte[] bomb = ANIMATION.clone();
    bomb[29] = (byte) 0x80;
    assertNotRead(bomb, "it is damaged (", " bytes cannot hold 50331672 pixels); get it again");
  }

  private static byte[] spoilt(byte[] file, int at, int... bytes) {
    byte[] spoilt = file.clone();
    for (int i = 0; i < bytes.length; i++) {
      spoilt[at + i] = (byte) bytes[i];
    }
    return spoilt;
  }

  /** The library would go on for minutes. As the soak found them: pictures:21487, 12937, 14398. */
  @Test
  void dataThatEndBeforeTheirPictureAreRefusedSoon() {
    byte[] high = spoilt(TURNED, 24, 0, 0, 0, 0, 0, 0x80);
    byte[] wide = spoilt(TURNED, 24, 2, 0xff, 0xff, 0, 0, 0);
    for (byte[] cut : new byte[][] {high, wide, SPOILT_ALPHA}) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(20), () -> assertNotRead(cut, "it ends too early; get it again"));
    }
  }

  /** 3000x2000 of (200,10,20), each pixel in a code of no bits: all are behind the last byte. */
  @Test
  void aPictureOfOneColourIsReadFromItsLastByte() {
    byte[] plain = webP("UklGRhgAAABXRUJQVlA4TAwAAAAvt8vzAahCkUvR/wg=");
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> assertEquals(0xffc80a14, ReadBack.picture(plain).getRGB(2999, 1999)));
  }

  @Test
  void whatIsCutAnywhereIsRefused() throws IOException {
    for (byte[] whole : new byte[][] {LOSSLESS, TURNED, ALPHA, LOSSY, WAVES, ANIMATION}) {
      for (int length = 12; length < whole.length - 1; length++) {
        assertNotRead(Arrays.copyOf(whole, length), "truncated WebP", "get it again");
      }
    }
  }
}
