package dev.dualprocess.flux;

import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.util.List;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Rotary position embedding over three axes (text, row, column; arXiv 2104.09864): neighbouring
 * values (x₂ⱼ, x₂ⱼ₊₁) are one complex number and are turned by position · θ^(-2j / axis dimension).
 *
 * @param turns e^(i · angle), complex of two fp32, [1, L, 1, Dh/2]
 */
record Rope(Tensor turns) {
  private static final double THETA = 10_000;

  /**
   * The turns of tokens at those positions, angles in fp64.
   *
   * @param ids positions, [L, 3]: text, then image
   */
  static Rope of(Tensor ids, List<Integer> axesDims, Placement placement) {
    Tensor positions = ids.to(new Device("cpu"), torch.ScalarType.Double);
    Tensor[] angles = new Tensor[axesDims.size()];
    for (int axis = 0; axis < angles.length; axis++) {
      angles[axis] = torch.outer(positions.select(1, axis), frequencies(axesDims.get(axis)));
    }
    Tensor all = Ops.cat(1, angles); // [L, Dh/2]
    Tensor parts = Ops.toFloat(torch.stack(new TensorVector(all.cos(), all.sin()), -1));
    Tensor turns = torch.view_as_complex(placement.placeFloat32(parts).contiguous());
    return new Rope(turns.unsqueeze(0).unsqueeze(2));
  }

  private static Tensor frequencies(int dim) {
    double[] values = new double[dim / 2];
    for (int j = 0; j < values.length; j++) {
      values[j] = 1 / Math.pow(THETA, 2.0 * j / dim);
    }
    return Tensor.create(values, values.length);
  }

  /** Positions of {@code textLength} text tokens, all 0, and of a grid of image tokens: [L, 3]. */
  static Tensor ids(int textLength, long rows, long columns) {
    float[] ids = new float[Math.toIntExact((textLength + rows * columns) * 3)];
    int at = textLength * 3;
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++, at += 3) {
        ids[at + 1] = row;
        ids[at + 2] = column;
      }
    }
    return Ops.floats(ids, ids.length / 3, 3);
  }

  /** That of the last {@code tokens} alone. */
  Rope last(long tokens) {
    long all = turns.size(1);
    return tokens == all ? this : new Rope(turns.narrow(1, all - tokens, tokens));
  }

  /** x [B, L, H, Dh] turned, computed in fp32, in x's dtype. */
  Tensor apply(Tensor x) {
    Tensor pairs = Ops.toFloat(x).unflatten(-1, -1, 2);
    Tensor turned = torch.view_as_complex(pairs).mul(turns);
    return torch.view_as_real(turned).flatten(3, 4).to(x.scalar_type());
  }
}
