package dev.dualprocess.flux;

import dev.dualprocess.nn.LayerNorm;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;

/**
 * Layer norm whose scale and shift come from the conditioning vector: linear(silu(c)) holds, one
 * after the other, what each branch of the block needs.
 *
 * @param linear [D] to [parts · D]
 * @param norm over D, without weights of its own
 */
record AdaLayerNorm(Linear linear, LayerNorm norm) {
  static final double EPS = 1e-6;

  /** Reads {@code linear}, with room for {@code parts} vectors of width {@code dim}. */
  static AdaLayerNorm load(Linears linears, Weights weights, long dim, int parts) {
    return new AdaLayerNorm(
        linears.load(weights.in("linear"), dim, parts * dim), LayerNorm.plain(dim, EPS));
  }

  /** The modulations of {@code n} branches, (shift, scale, gate) each: c [B, D]. */
  Modulation[] modulations(Tensor c, int n) {
    Tensor[] parts = parts(c, 3 * n);
    Modulation[] modulations = new Modulation[n];
    for (int i = 0; i < n; i++) {
      modulations[i] = new Modulation(parts[3 * i], parts[3 * i + 1], parts[3 * i + 2]);
    }
    return modulations;
  }

  /** The model's last norm, whose vector holds (scale, shift): x [B, L, D], c [B, D]. */
  Tensor forward(Tensor x, Tensor c) {
    Tensor[] parts = parts(c, 2);
    return norm.modulated(x, parts[0], parts[1]);
  }

  private Tensor[] parts(Tensor c, int n) {
    return Ops.chunk(linear.forward(Ops.silu(c)).unsqueeze(1), n, -1); // each [B, 1, D]
  }
}
