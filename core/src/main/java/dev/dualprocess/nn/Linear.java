package dev.dualprocess.nn;

import dev.dualprocess.recompute.LastMap;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.tensor.Vjp;
import dev.dualprocess.weights.FrozenWeight;
import dev.dualprocess.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * y = W x + b + Σ s BAx: a frozen linear map with any number of low-rank branches (LoRA, arXiv
 * 2106.09685, eq. 3; s = weight · alpha / rank).
 *
 * <p>All of it is computed in the dtype of x, which is that of the weight; branches keep their
 * factors in fp32. Attaching while another thread is in {@link #forward} is not allowed.
 */
public final class Linear implements Layer, Adaptable, LastMap {
  private final String path;
  private final @Nullable Tensor bias; // [out] or null
  private final List<LowRankBranch> branches = new ArrayList<>();
  private final FrozenWeight weight; // [out, in]
  private @Nullable Tensor merged; // the same with what was merged into it, or null

  /**
   * A frozen linear map without branches; weight and bias stay their owner's.
   *
   * @param path the module's path in the checkpoint, by which LoRA files name it
   * @param weight [out, in]
   * @param bias [out], or null
   */
  public Linear(String path, Tensor weight, @Nullable Tensor bias) {
    this(path, FrozenWeight.whole(weight), bias);
  }

  private Linear(String path, FrozenWeight weight, @Nullable Tensor bias) {
    this.path = path;
    this.weight = weight;
    this.bias = bias;
  }

  /** Reads {@code weight} and {@code bias}. */
  public static Linear load(Weights weights, long in, long out) {
    return new Linear(
        weights.path(), weights.frozen("weight", out, in), weights.tensor("bias", out));
  }

  /**
   * {@link #load} with zeros behind: a map of [..., in'] to [..., out'] that leaves the rest zero.
   */
  public static Linear loadUpTo(Weights weights, long in, long out, long inTo, long outTo) {
    Tensor bias = weights.tensor("bias", out);
    return new Linear(
        weights.path(),
        weights.frozenUpTo("weight", out, in, outTo, inTo),
        outTo == out ? bias : withZeros(bias, outTo - out, weights.owner()));
  }

  private static Tensor withZeros(Tensor bias, long zeros, TensorOwner owner) {
    long[] behind = {0, zeros};
    return Memory.freeing(() -> owner.own(torch.constant_pad_nd(bias, behind, new Scalar(0.0))));
  }

  /** Reads {@code weight} alone. */
  public static Linear loadWithoutBias(Weights weights, long in, long out) {
    return new Linear(weights.path(), weights.frozen("weight", out, in), null);
  }

  /** x [..., in] to [..., out]. */
  @Override
  public Tensor forward(Tensor x) {
    return branches.isEmpty() ? Ops.linear(x, whole(), bias) : withBranches(x);
  }

  @Override
  public long[] shape(Tensor u) {
    long[] shape = u.shape();
    shape[shape.length - 1] = weight.size(0);
    return shape;
  }

  /** dy W, without the branches: [..., out] to [..., in]. */
  @Override
  public Tensor backward(Tensor u, Tensor dy) {
    return Vjp.linear(dy, whole());
  }

  @Override
  public @Nullable Tensor change(Tensor u) {
    Tensor rows = u.flatten(0, -2);
    Tensor sum = null;
    for (LowRankBranch branch : branches) {
      Tensor change = Ops.linear(inner(rows, branch), Ops.toLike(branch.b(), u), null);
      Tensor scaled = Ops.mul(change, branch.scale());
      sum = sum == null ? scaled : sum.add(scaled);
    }
    return sum == null ? null : sum.view(shape(u));
  }

  /** A x: [n, in] to [n, rank]. */
  private static Tensor inner(Tensor rows, LowRankBranch branch) {
    return Ops.linear(rows, Ops.toLike(branch.a(), rows), null);
  }

  private Tensor whole() {
    return merged == null ? weight.whole() : merged;
  }

  /** The branches are added in place, into what nothing else has seen yet. */
  private Tensor withBranches(Tensor x) {
    Tensor rows = x.flatten(0, -2); // [n, in]
    Tensor y = Ops.linear(rows, whole(), bias);
    for (LowRankBranch branch : branches) {
      y = Ops.addProduct(y, inner(rows, branch), Ops.toLike(branch.b(), y), branch.scale());
    }
    return y.view(shape(x));
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public long[] aShape(int rank) {
    return new long[] {rank, weight.size(1)};
  }

  @Override
  public long[] bShape(int rank) {
    return new long[] {weight.size(0), rank};
  }

  @Override
  public void attach(LowRankBranch branch) {
    branches.add(branch);
  }

  @Override
  public boolean learning() {
    return branches.stream().anyMatch(LowRankBranch::learning);
  }

  @Override
  public boolean adapted() {
    return merged != null || !branches.isEmpty();
  }

  @Override
  public boolean soundlyAdapted() {
    return branches.stream().allMatch(LowRankBranch::isFinite);
  }

  @Override
  public void detach(LowRankBranch branch) {
    branches.remove(branch);
  }

  /** W ← W + s BA. The checkpoint's own tensor is left as it is. */
  @Override
  public void merge(LowRankBranch branch) {
    Tensor sum =
        Memory.kept(
            () ->
                Memory.noGrad(
                    () ->
                        Ops.toFloat(whole())
                            .add(Ops.mul(branch.b().matmul(branch.a()), branch.scale()))
                            .to(weight.dtype().scalarType())));
    releaseMerged();
    merged = sum;
  }

  @Override
  public void releaseMerged() {
    if (merged != null) {
      merged.close();
      merged = null;
    }
  }
}
