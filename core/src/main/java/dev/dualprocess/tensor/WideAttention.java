package dev.dualprocess.tensor;

import org.bytedeco.pytorch.Tensor;

/**
 * Attention on CUDA with one head as wide as an autoencoder's feature map. The fused kernel for
 * such heads takes many times as long as the products by themselves, so these are done, in fp32 as
 * the fused kernel's sums are, as long as all scores at a time are not too many.
 */
final class WideAttention {
  /** The widest head that flash attention has a kernel for. */
  private static final long WIDEST_FUSED = 256;

  private static final long MOST_SCORES = 1 << 27; // 512 MiB

  private WideAttention() {}

  /** Whether attention of q [B, H, Lq, D] to k [B, H, Lk, D] is better done so. */
  static boolean suits(Tensor q, Tensor k) {
    return q.is_cuda()
        && q.size(-1) > WIDEST_FUSED
        && q.size(0) * q.size(1) * q.size(2) * k.size(2) <= MOST_SCORES;
  }

  /** softmax(q kᵀ · scale) v, in the dtype of q. */
  static Tensor of(Tensor q, Tensor k, Tensor v, double scale) {
    Tensor scores = Ops.mul(Ops.toFloat(q), scale).matmul(Ops.toFloat(k).transpose(-1, -2));
    return Ops.softmax(scores).matmul(Ops.toFloat(v)).to(q.scalar_type());
  }
}
