package dev.dualprocess.sana;

import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Attention among the image's tokens whose cost grows with their number L, not with L² (arXiv
 * 2410.10629): relu takes the place of softmax, so keys and values are summed up before a query
 * asks.
 *
 * <pre>
 *   y_l = toOut( (Σ_m v_m relu(k_m)ᵀ) relu(q_l) / (Σ_m relu(k_m) · relu(q_l)) )
 * </pre>
 *
 * @param normQ over all heads together, where the model has it
 * @param normK the same
 */
record LinearAttention(
    Linear toQ, Linear toK, Linear toV, Layer normQ, Layer normK, Linear toOut, long headDim)
    implements Layer {
  private static final double EPS = 1e-15;
  private static final double LARGEST_HALF = 65504;

  static LinearAttention load(AdaptableLayers layers, Weights attn, SanaTransformerConfig config) {
    long dim = config.innerDim();
    boolean bias = config.attentionBias();
    return new LinearAttention(
        layers.linear(attn.in("to_q"), dim, dim, bias),
        layers.linear(attn.in("to_k"), dim, dim, bias),
        layers.linear(attn.in("to_v"), dim, dim, bias),
        config.norm(attn.in("norm_q"), dim),
        config.norm(attn.in("norm_k"), dim),
        layers.linear(attn.in("to_out").in(0), dim, dim),
        config.attentionHeadDim());
  }

  /** x [B, L, D] to the same shape; the sums in fp32. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor q = Ops.toFloat(torch.relu(split(normQ.forward(toQ.forward(x))))); // [B, H, Dh, L]
    Tensor k = Ops.toFloat(torch.relu(split(normK.forward(toK.forward(x)))));
    Tensor v = Ops.toFloat(split(toV.forward(x)));
    Tensor sums = Ops.matmul(v, k.transpose(-1, -2)); // [B, H, Dh, Dh]
    Tensor keys = k.sum(new long[] {-1}, true, new ScalarTypeOptional()); // [B, H, Dh, 1]
    Tensor norm = Ops.matmul(keys.transpose(-1, -2), q); // [B, H, 1, L]
    Tensor y =
        Ops.matmul(sums, q).div(Ops.add(norm, EPS)).flatten(1, 2).transpose(1, 2); // [B, L, D]
    return clipped(toOut.forward(Ops.toLike(y, x)));
  }

  private Tensor split(Tensor x) { // [B, L, D] -> [B, H, Dh, L]
    return x.transpose(1, 2).unflatten(1, -1, headDim);
  }

  /** Some activations of Sana are larger than fp16's largest number. */
  private static Tensor clipped(Tensor x) {
    return x.scalar_type().intern() == torch.ScalarType.Half
        ? Ops.clamp(x, -LARGEST_HALF, LARGEST_HALF)
        : x;
  }
}
