package dev.dualprocess.audit;

import java.awt.image.BufferedImage;
import java.util.List;

/**
 * How much of a picture is a pattern of its generator's tokens: dots, stripes or blocks that come
 * again with every token. Verifiers can be pleased with them, people are not.
 *
 * <p>The differences between neighbours, along rows and along columns, are taken apart into
 * frequencies, every channel by itself. An edge has the same at all of them. With n tokens across,
 * a pattern of tokens has its energy at n periods and the multiples of n, and what is drawn has as
 * much at n - 1 and n + 1.
 *
 * @param energy mean square of what is at the frequencies of the tokens, of differences between
 *     values in [0, 1]
 * @param surroundings the same at the frequencies just below and above each, on average
 */
public record TokenPattern(double energy, double surroundings) {
  private static final double NOTHING = 1e-9; // less than a value in 255 in one pixel of a thousand

  /**
   * Of one picture. What is left over of a side that is no multiple of a token's is not looked at.
   *
   * @param side pixels along each side of a token, at least 2
   */
  public static TokenPattern of(BufferedImage picture, int side) {
    return of(List.of(picture), side);
  }

  /** Whether a picture of that size has two tokens of that side and more, each way. */
  static boolean fits(int height, int width, int side) {
    return side >= 2 && Math.min(height, width) / side >= 2;
  }

  /** The mean over pictures. */
  public static TokenPattern of(List<BufferedImage> pictures, int side) {
    double energy = 0;
    double surroundings = 0;
    for (BufferedImage picture : pictures) {
      Spectra across = Spectra.ofRows(picture, side);
      Spectra down = Spectra.ofColumns(picture, side);
      energy += (across.atTokens() + down.atTokens()) / (2 * pictures.size());
      surroundings += (across.besideTokens() + down.besideTokens()) / (2 * pictures.size());
    }
    return new TokenPattern(energy, surroundings);
  }

  /** Energy / surroundings: about 1 without a pattern, 2 and more where one can be seen. */
  public double prominence() {
    return (energy + NOTHING) / (surroundings + NOTHING);
  }

  /** Of all lines of one direction, over all channels. */
  private static final class Spectra {
    private final double[] power; // the mean square at each number of periods
    private final int tokens;
    private final int harmonics;

    private Spectra(double[] power, int tokens, int harmonics) {
      this.power = power;
      this.tokens = tokens;
      this.harmonics = harmonics;
    }

    static Spectra ofRows(BufferedImage picture, int side) {
      return of(picture, side, picture.getWidth(), picture.getHeight(), false);
    }

    static Spectra ofColumns(BufferedImage picture, int side) {
      return of(picture, side, picture.getHeight(), picture.getWidth(), true);
    }

    private static Spectra of(
        BufferedImage picture, int side, int length, int lines, boolean down) {
      if (!fits(picture.getHeight(), picture.getWidth(), side)) {
        throw new IllegalArgumentException(
            "a picture of %dx%d has no pattern of tokens of %d pixels"
                .formatted(picture.getWidth(), picture.getHeight(), side));
      }
      int tokens = length / side;
      int n = tokens * side;
      double[] power = new double[n / 2 + 2];
      double[] cosines = new double[n];
      double[] sines = new double[n];
      for (int i = 0; i < n; i++) {
        cosines[i] = Math.cos(2 * Math.PI * i / n);
        sines[i] = Math.sin(2 * Math.PI * i / n);
      }
      int[] rgb = new int[n];
      double[] differences = new double[n]; // the first stays 0
      for (int line = 0; line < lines; line++) {
        if (down) {
          picture.getRGB(line, 0, 1, n, rgb, 0, 1);
        } else {
          picture.getRGB(0, line, n, 1, rgb, 0, n);
        }
        for (int shift = 0; shift <= 16; shift += 8) {
          for (int i = 1; i < n; i++) {
            differences[i] = (((rgb[i] >> shift) & 0xff) - ((rgb[i - 1] >> shift) & 0xff)) / 255.0;
          }
          add(differences, cosines, sines, tokens, power, 3.0 * lines);
        }
      }
      return new Spectra(power, tokens, side / 2);
    }

    /** Adds the power at every frequency that is looked at, |Σ d e^(-2πi f x / n)|² / n². */
    private static void add(
        double[] differences,
        double[] cosines,
        double[] sines,
        int tokens,
        double[] power,
        double share) {
      int n = differences.length;
      for (int harmonic = tokens; harmonic <= n / 2; harmonic += tokens) {
        for (int f = harmonic - 1; f <= harmonic + 1; f++) {
          double real = 0;
          double imaginary = 0;
          for (int x = 0; x < n; x++) {
            int phase = (int) ((long) f * x % n);
            real += differences[x] * cosines[phase];
            imaginary += differences[x] * sines[phase];
          }
          power[f] += (real * real + imaginary * imaginary) / ((double) n * n) / share;
        }
      }
    }

    double atTokens() {
      double sum = 0;
      for (int k = 1; k <= harmonics; k++) {
        sum += power[k * tokens];
      }
      return sum;
    }

    double besideTokens() {
      double sum = 0;
      for (int k = 1; k <= harmonics; k++) {
        sum += (power[k * tokens - 1] + power[k * tokens + 1]) / 2;
      }
      return sum;
    }
  }
}
