package dev.dualprocess.sana;

import com.google.common.collect.ImmutableList;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Attention with ReLU in the place of softmax (arXiv 2205.14756), over all places of a feature map
 * and at several scales:
 *
 * <pre>
 *   y_i = Σ_j v_j (relu(k_j) · relu(q_i)) / (Σ_j relu(k_j) · relu(q_i) + eps)
 *   x ← x + norm(toOut y)
 * </pre>
 *
 * B batch, C channels, N = h · w places, D width of a head, H heads of all scales together. Heads
 * are cut from the row of all queries, then all keys, then all values, 3 D channels each.
 *
 * @param toQkvMultiscale one for each scale but the first
 * @param headDim D
 */
record MultiscaleLinearAttention(
    Linear toQ,
    Linear toK,
    Linear toV,
    List<QkvConv> toQkvMultiscale,
    Linear toOut,
    ChannelRmsNorm normOut,
    long headDim)
    implements Layer {
  private static final double EPS = 1e-15;

  static MultiscaleLinearAttention load(
      Weights weights, long channels, long headDim, List<Integer> kernels) {
    long heads = channels / headDim;
    long inner = heads * headDim;
    Weights multiscale = weights.in("to_qkv_multiscale");
    ImmutableList.Builder<QkvConv> scales = ImmutableList.builder();
    for (int i = 0; i < kernels.size(); i++) {
      scales.add(QkvConv.load(multiscale.in(i), heads, headDim, kernels.get(i)));
    }
    return new MultiscaleLinearAttention(
        Linear.loadWithoutBias(weights.in("to_q"), channels, inner),
        Linear.loadWithoutBias(weights.in("to_k"), channels, inner),
        Linear.loadWithoutBias(weights.in("to_v"), channels, inner),
        scales.build(),
        Linear.loadWithoutBias(weights.in("to_out"), inner * (1 + kernels.size()), channels),
        ChannelRmsNorm.load(weights.in("norm_out"), channels),
        headDim);
  }

  /** x [B, C, h, w] to the same shape. */
  @Override
  public Tensor forward(Tensor x) {
    long batch = x.size(0);
    long height = x.size(2);
    long width = x.size(3);
    Tensor qkv = qkvOfAllScales(x).reshape(batch, -1, 3 * headDim, height * width);
    Tensor y = height * width > headDim ? linear(Ops.toFloat(qkv)) : quadratic(qkv);
    y = y.to(x.scalar_type()).reshape(batch, -1, height, width);
    return normOut.forward(toOut.forward(y.movedim(1, -1)).movedim(-1, 1)).add(x);
  }

  /** x [B, C, h, w] to [B, 3 · H · D, h, w]. */
  private Tensor qkvOfAllScales(Tensor x) {
    Tensor places = x.movedim(1, -1); // [B, h, w, C]
    Tensor qkv =
        Ops.cat(-1, toQ.forward(places), toK.forward(places), toV.forward(places)).movedim(-1, 1);
    return Ops.cat(
        1,
        Stream.concat(Stream.of(qkv), toQkvMultiscale.stream().map(scale -> scale.forward(qkv)))
            .toArray(Tensor[]::new));
  }

  /**
   * In time linear in N: (Σ_j v_j k_jᵀ) q_i, with a row of ones below the values for the divisor.
   *
   * @param qkv [B, H, 3 D, N], fp32
   * @return [B, H, D, N]
   */
  private Tensor linear(Tensor qkv) {
    Tensor[] parts = Ops.chunk(qkv, 3, 2);
    Tensor values = torch.constant_pad_nd(parts[2], new long[] {0, 0, 0, 1}, new Scalar(1.0));
    Tensor sums = Ops.matmul(values, torch.relu(parts[1]).transpose(-1, -2)); // [B, H, D + 1, D]
    Tensor y = Ops.matmul(sums, torch.relu(parts[0])); // [B, H, D + 1, N]
    return y.narrow(2, 0, headDim).div(Ops.add(y.narrow(2, headDim, 1), EPS));
  }

  /**
   * Attention for few places, with scores of each for each; only the division in fp32.
   *
   * @param qkv [B, H, 3 D, N]
   * @return [B, H, D, N]
   */
  private static Tensor quadratic(Tensor qkv) {
    Tensor[] parts = Ops.chunk(qkv, 3, 2);
    Tensor scores =
        Ops.toFloat(Ops.matmul(torch.relu(parts[1]).transpose(-1, -2), torch.relu(parts[0])));
    Tensor sum = scores.sum(new long[] {2}, true, new ScalarTypeOptional()); // over keys
    return Ops.matmul(parts[2], scores.div(Ops.add(sum, EPS)).to(qkv.scalar_type()));
  }
}
