package dev.dualprocess.plugins;

import com.google.common.primitives.Doubles;
import java.util.Locale;

/** What an answer asks of a measured quantity from 0 to 1. */
final class Target {
  private static final double YES = 0.8;
  private static final double NO = 0.2;

  private Target() {}

  /** The number an answer is, or what Yes and No stand for. */
  static double of(String answer) {
    String plain = answer.strip().toLowerCase(Locale.ROOT);
    if (plain.equals("yes")) {
      return YES;
    }
    if (plain.equals("no")) {
      return NO;
    }
    Double number = Doubles.tryParse(plain);
    if (number == null || !(number >= 0 && number <= 1)) {
      throw new IllegalArgumentException(
          "this verifier wants a number from 0 to 1, Yes or No as the answer, not '"
              + answer
              + "'");
    }
    return number;
  }
}
