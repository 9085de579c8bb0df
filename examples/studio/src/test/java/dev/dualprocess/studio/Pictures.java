package dev.dualprocess.studio;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * A picture's pixels, to be compared.
 *
 * @param width of it
 * @param pixels row by row
 */
record Pictures(int width, List<Integer> pixels) {
  static Pictures of(byte[] png) throws IOException {
    BufferedImage picture = ImageIO.read(new ByteArrayInputStream(png));
    int width = picture.getWidth();
    int[] rgb = picture.getRGB(0, 0, width, picture.getHeight(), null, 0, width);
    return new Pictures(width, IntStream.of(rgb).boxed().toList());
  }

  /** The largest difference of a channel, in levels of 255. */
  int levelsFrom(Pictures other) {
    int most = 0;
    for (int i = 0; i < pixels.size(); i++) {
      for (int shift = 0; shift <= 16; shift += 8) {
        int one = (pixels.get(i) >> shift) & 0xff;
        most = Math.max(most, Math.abs(one - ((other.pixels.get(i) >> shift) & 0xff)));
      }
    }
    return most;
  }

  @Override
  public String toString() {
    return width + " pixels wide, brightness " + brightness();
  }

  /** Mean of all channels, 0 to 255. */
  double brightness() {
    return pixels.stream()
        .mapToDouble(rgb -> (((rgb >> 16) & 0xff) + ((rgb >> 8) & 0xff) + (rgb & 0xff)) / 3.0)
        .average()
        .orElseThrow();
  }
}
