package dev.dualprocess.world.meter;

import java.awt.image.BufferedImage;
import java.awt.image.ConvolveOp;
import java.awt.image.Kernel;
import java.util.Random;

/** A picture as a generator may draw it: a little blurred, a little noisy. */
final class Softened {
  private static final double NOISE = 4;

  private Softened() {}

  /** One pass of a 3x3 binomial blur, and noise. */
  static BufferedImage of(BufferedImage picture, Random random) {
    float[] weights = {1, 2, 1, 2, 4, 2, 1, 2, 1};
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= 16;
    }
    BufferedImage soft =
        new ConvolveOp(new Kernel(3, 3, weights), ConvolveOp.EDGE_NO_OP, null)
            .filter(
                picture,
                new BufferedImage(
                    picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB));
    for (int y = 0; y < soft.getHeight(); y++) {
      for (int x = 0; x < soft.getWidth(); x++) {
        int noisy = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
          double value = ((soft.getRGB(x, y) >> shift) & 0xff) + NOISE * random.nextGaussian();
          noisy |= (int) Math.max(0, Math.min(255, Math.round(value))) << shift;
        }
        soft.setRGB(x, y, noisy);
      }
    }
    return soft;
  }
}
