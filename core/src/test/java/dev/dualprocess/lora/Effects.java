package dev.dualprocess.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;

/** s BA of one module beside what it should be. */
final class Effects {
  private Effects() {}

  static double[][] of(Lora lora, String module) {
    double[][] change = Plain.change(lora, module);
    return Plain.plus(new double[change.length][change[0].length], lora.scale(module), change);
  }

  /** Asserts that the LoRA changes that module by {@code scale} times {@code product}. */
  static void assertEffect(double scale, double[][] product, Lora lora, String module) {
    double[][] given = of(lora, module);
    assertEquals(product.length, given.length, module);
    for (int i = 0; i < given.length; i++) {
      assertEquals(product[i].length, given[i].length, module);
      for (int j = 0; j < given[i].length; j++) {
        double wanted = scale * product[i][j];
        assertEquals(wanted, given[i][j], 1e-6 * (1 + Math.abs(wanted)), module);
      }
    }
  }

  /** Rows from one to before another. */
  static double[][] rows(double[][] matrix, int from, int to) {
    return Arrays.copyOfRange(matrix, from, to);
  }
}
