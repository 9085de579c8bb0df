package dev.dualprocess.image;

import dev.dualprocess.config.FileProblem;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Picture files of people: PNG, JPEG, GIF, BMP, and WebP where its library is on the class path. A
 * file's content says what it is, not its name; values are copied as they stand, whatever gamma or
 * colour profile is written beside them; a picture is turned as its EXIF data says; of several
 * pictures in a file the first is taken.
 */
public final class PictureFile {
  /** Pictures of more pixels are refused before they are decoded. */
  public static final long MOST_PIXELS = 100_000_000;

  private static final int MOST_BYTES = 1 << 27;

  private static final int HEAD = 1 << 16;

  private PictureFile() {}

  /**
   * Reads a picture into sRGB of 8 bits a channel: {@link BufferedImage#TYPE_INT_ARGB} if it may
   * have see-through parts, {@link BufferedImage#TYPE_INT_RGB} otherwise.
   *
   * @throws IOException in one line that names the file and what to do, if it is missing, no
   *     picture, of a format that is not read, damaged, or larger than {@link #MOST_PIXELS}
   */
  public static BufferedImage read(Path path) throws IOException {
    byte[] file = bytes(Objects.requireNonNull(path, "path"));
    try {
      return PictureFormat.of(file).decode(file);
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          path + ": not a picture this program can read: " + ImageIoReader.reason(e), e);
    }
  }

  /**
   * The whole of a file, or its beginning if it is of none of the formats.
   *
   * @throws IOException in one line, if it cannot be had
   */
  static byte[] bytes(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new IOException(path + ": no such file");
    }
    if (Files.isDirectory(path)) {
      throw new IOException(path + ": a folder, not a picture; name a file in it");
    }
    if (!Files.isRegularFile(path)) {
      throw new IOException(path + ": a device or a pipe, not a picture; name a file");
    }
    if (Files.size(path) > MOST_BYTES) {
      throw new IOException(path + ": larger than 128 MiB; make the picture smaller");
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] head = in.readNBytes(HEAD);
      return PictureFormat.isOne(head) ? Files.readAllBytes(path) : head;
    } catch (AccessDeniedException e) {
      throw new IOException(path + ": may not be read; change its permissions", e);
    } catch (IOException e) {
      throw new IOException(path + ": cannot be read: " + FileProblem.reason(e, path), e);
    }
  }

  /** Refuses what would take too much memory. */
  static void requireSize(long width, long height) throws IOException {
    if (width * height > MOST_PIXELS) {
      throw new IOException(
          "it has %dx%d pixels, more than %d million; make it smaller"
              .formatted(width, height, MOST_PIXELS / 1_000_000));
    }
  }
}
