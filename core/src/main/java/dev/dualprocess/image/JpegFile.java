package dev.dualprocess.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageReader;

/** JPEG files: the JDK decodes them, what the values mean is decided here ({@link JpegColors}). */
final class JpegFile {
  private static final String DAMAGE = "Corrupt JPEG data";
  private static final String HARMLESS = "extraneous bytes";

  private JpegFile() {}

  static BufferedImage decode(byte[] file) throws IOException {
    JpegSegments segments = new JpegSegments(file);
    Raster raster = ImageIoReader.withJdk("jpeg", segments.pixels(), JpegFile::raster);
    return segments.orientation().upright(picture(raster, JpegColors.of(segments)));
  }

  private static Raster raster(ImageReader reader, List<String> warnings) throws IOException {
    Raster raster = reader.readRaster(0, null);
    for (String warning : warnings) {
      if (warning.startsWith(DAMAGE) && !warning.contains(HARMLESS)) {
        throw new IOException("it is damaged (" + warning + "); get it again");
      }
    }
    return raster;
  }

  private static BufferedImage picture(Raster raster, JpegColors colors) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int bands = raster.getNumBands();
    int[] pixels = new int[width * height];
    int[] row = new int[width * bands];
    for (int i = 0; i < pixels.length; i++) {
      int x = i % width;
      if (x == 0) {
        raster.getPixels(0, i / width, width, 1, row);
      }
      pixels[i] = colors.rgb(row, x * bands);
    }
    return CopiedValues.picture(pixels, width, height, false);
  }
}
