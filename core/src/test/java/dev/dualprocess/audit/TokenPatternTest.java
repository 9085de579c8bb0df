package dev.dualprocess.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Patterns of known energy, and pictures without any. */
class TokenPatternTest {
  private static final int SIZE = 64;
  private static final int SIDE = 8;

  /** Of grey values that a function of column and row gives. */
  private static BufferedImage picture(int width, int height, IntBinaryOperator grey) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        picture.setRGB(x, y, 0x010101 * grey.applyAsInt(x, y));
      }
    }
    return picture;
  }

  private static BufferedImage wave(int periods, int amplitude) {
    return picture(
        SIZE,
        SIZE,
        (x, y) -> (int) Math.round(128 + amplitude * Math.cos(2 * Math.PI * periods * x / SIZE)));
  }

  /**
   * What a cosine of amplitude 0.2 has at its own frequency, in the rows alone: (a / 2)², times the
   * square of 2 sin (π f / n) that differences make of a wave.
   */
  private static double energy(int periods) {
    return Math.pow(0.1 * 2 * Math.sin(Math.PI * periods / SIZE), 2) / 2;
  }

  @Test
  void aWaveOfTheTokensWidthIsAllEnergyAndNoSurroundings() {
    TokenPattern pattern = TokenPattern.of(wave(SIZE / SIDE, 51), SIDE);
    assertEquals(energy(SIZE / SIDE), pattern.energy(), 0.02 * energy(SIZE / SIDE));
    assertTrue(pattern.prominence() > 500, () -> pattern.toString());
  }

  @Test
  void aWaveBesideItIsSurroundings() {
    TokenPattern pattern = TokenPattern.of(wave(SIZE / SIDE + 1, 51), SIDE);
    assertEquals(energy(SIZE / SIDE + 1) / 2, pattern.surroundings(), 1e-4);
    assertTrue(pattern.prominence() < 0.01, () -> pattern.toString());
  }

  @Property(tries = 20)
  void noiseHasNoPattern(@ForAll @IntRange(min = 0, max = 10_000) int seed) {
    Random random = new Random(seed);
    double prominence =
        TokenPattern.of(picture(SIZE, SIZE, (x, y) -> random.nextInt(256)), SIDE).prominence();
    assertEquals(1, prominence, 0.3);
  }

  @Property(tries = 20)
  void anEdgeAnywhereHasNoPattern(@ForAll @IntRange(min = 4, max = 60) int row) {
    double prominence =
        TokenPattern.of(picture(SIZE, SIZE, (x, y) -> y < row ? 40 : 200), SIDE).prominence();
    assertEquals(1, prominence, 1e-3);
  }

  @Test
  void oneDotForEachTokenIsSeenOnAnyGroundAndInAnySize() {
    IntBinaryOperator dots = (x, y) -> x % 16 == 7 && y % 16 == 7 ? 60 : 0;
    IntBinaryOperator ground = (x, y) -> 20 + x + (y > 50 ? 60 : 0);
    BufferedImage bare = picture(100, 83, ground);
    BufferedImage dotted =
        picture(100, 83, (x, y) -> ground.applyAsInt(x, y) + dots.applyAsInt(x, y));
    double before = TokenPattern.of(bare, 16).prominence();
    double after = TokenPattern.of(dotted, 16).prominence();
    assertTrue(before < 1.3, () -> "before: " + before);
    assertTrue(after > 2 * before, () -> "after: " + after);
  }

  @Test
  void aPictureOfOneTokenIsRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> TokenPattern.of(picture(10, 10, (x, y) -> 0), 8));
    assertEquals("a picture of 10x10 has no pattern of tokens of 8 pixels", refused.getMessage());
  }
}
