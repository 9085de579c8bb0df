package dev.dualprocess.lora;

import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/** Matrices in plain double arithmetic, as a reference. */
final class Plain {
  private Plain() {}

  static double[][] matrix(Tensor t) {
    int rows = Math.toIntExact(t.size(0));
    int columns = Math.toIntExact(t.size(1));
    float[] values = Ops.toFloats(t);
    double[][] m = new double[rows][columns];
    for (int i = 0; i < values.length; i++) {
      m[i / columns][i % columns] = values[i];
    }
    return m;
  }

  static double[][] times(double[][] a, double[][] b) {
    double[][] product = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b[0].length; j++) {
        for (int k = 0; k < b.length; k++) {
          product[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return product;
  }

  /** a + s b. */
  static double[][] plus(double[][] a, double s, double[][] b) {
    double[][] sum = new double[a.length][a[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        sum[i][j] = a[i][j] + s * b[i][j];
      }
    }
    return sum;
  }

  static double[][] transpose(double[][] a) {
    double[][] t = new double[a[0].length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        t[j][i] = a[i][j];
      }
    }
    return t;
  }

  /** BA of one module. */
  static double[][] change(Lora lora, String module) {
    return times(matrix(lora.b(module)), matrix(lora.a(module)));
  }
}
