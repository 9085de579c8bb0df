package dev.dualprocess.image;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.testing.PeakResident;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Picture files that are small and would take much. */
@EnabledOnOs(OS.LINUX)
class PictureBombsTest {
  private static final long MOST_BYTES = 300_000_000;
  private static final int HEAD = 100;
  private static final byte[][] WRONG = {
    {0},
    {-1},
    {127},
    {-128},
    {-1, -1},
    {127, -1},
    {-1, -1, -1, 127},
    {127, -1, -1, -1},
    {0, 0, 0, 0}
  };

  @TempDir private Path folder;

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("picture.png"), content);
  }

  private static void cheaply(Executable body) throws IOException {
    System.gc();
    long before = PeakResident.restart();
    assertTimeoutPreemptively(Duration.ofSeconds(20), body);
    long taken = PeakResident.bytes() - before;
    assertTrue(taken < MOST_BYTES, taken + " bytes");
  }

  /** Zeros, as small as deflate makes them. */
  private static byte[] deflatedZeros(int megabytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater =
        new DeflaterOutputStream(out, new Deflater(Deflater.BEST_COMPRESSION))) {
      for (int i = 0; i < megabytes; i++) {
        deflater.write(new byte[1 << 20]);
      }
    }
    return out.toByteArray();
  }

  private static byte[] text(String beginning, byte[] deflated) {
    byte[] head = beginning.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(head.length + deflated.length).put(head).put(deflated).array();
  }

  @Test
  void textsThatUnpackToGigabytesAreLeftOut() throws IOException {
    byte[] zeros = deflatedZeros(200);
    PngBytes png = new PngBytes(1, 1, 8, PngBytes.GREY);
    png.chunk("tEXt", text("words\0plain", new byte[0]));
    for (int i = 0; i < 10; i++) {
      png.chunk("zTXt", text("key" + i + "\0\0", zeros));
      png.chunk("iTXt", text("other" + i + "\0\1\0\0\0", zeros));
      png.chunk("iCCP", text("profile\0\0", zeros));
    }
    Path file = file(png.rows(new byte[] {3}));
    cheaply(
        () -> {
          Map<String, String> texts = Png.readTexts(file);
          assertTrue(
              texts.size() < 3 && "plain".equals(texts.get("words")), texts.keySet()::toString);
          assertTrue(PictureFile.read(file).getWidth() == 1);
        });
  }

  @Test
  void moreChunksThanAnyPictureHasAreRefused() throws IOException {
    byte[] chunk = {0, 0, 0, 0, 't', 'E', 'X', 't', 0, 0, 0, 0};
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new PngBytes(1, 1, 8, PngBytes.GREY).rows(new byte[] {3}));
    byte[] whole = out.toByteArray();
    ByteBuffer many = ByteBuffer.allocate(whole.length + 3_000_000 * chunk.length);
    many.put(whole, 0, 33);
    for (int i = 0; i < 3_000_000; i++) {
      many.put(chunk);
    }
    many.put(whole, 33, whole.length - 33);
    Path file = file(many.array());
    cheaply(() -> assertRefused(IOException.class, () -> PictureFile.read(file), file, "parts"));
  }

  @Test
  void aSizeThatTheDataCannotFillIsRefused() throws IOException {
    Path file =
        file(new PngBytes(10_000, 10_000, 8, PngBytes.RGBA).rows(new byte[] {1}, new byte[] {2}));
    cheaply(
        () -> assertRefused(IOException.class, () -> PictureFile.read(file), file, "too early"));
  }

  /** Sizes and counts of every format, each with the largest and the smallest numbers. */
  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "gif", "jpg"})
  void brokenHeadersAreToldInWords(String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(5, 3, BufferedImage.TYPE_INT_RGB), format, out);
    byte[] sound = out.toByteArray();
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int at = 0; at + 4 < Math.min(sound.length, HEAD); at++) {
            for (byte[] wrong : WRONG) {
              byte[] broken = sound.clone();
              System.arraycopy(wrong, 0, broken, at, wrong.length);
              assertTakenOrTold(file(broken));
            }
          }
        });
  }

  private static void assertTakenOrTold(Path file) {
    try {
      PictureFile.read(file);
    } catch (IOException e) {
      String told = e.getMessage();
      assertTrue(told.startsWith(file + ": ") && told.lines().count() == 1, told);
      assertFalse(told.contains("java.") || told.contains("Exception"), told);
    }
  }

  @Test
  void devicesPipesAndLargeRubbishAreNotRead() throws IOException, InterruptedException {
    Path pipe = folder.resolve("pipe");
    new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    for (Path device : new Path[] {pipe, Path.of("/dev/zero")}) {
      cheaply(
          () -> assertRefused(IOException.class, () -> PictureFile.read(device), device, "device"));
    }
    Path large = folder.resolve("large.bin");
    Files.write(large, new byte[100_000_000]);
    cheaply(
        () -> assertRefused(IOException.class, () -> PictureFile.read(large), large, "no format"));
  }
}
