package dev.dualprocess.nn;

import com.google.common.collect.Iterables;
import dev.dualprocess.recompute.LastMap;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Vjp;
import dev.dualprocess.weights.FrozenWeight;
import dev.dualprocess.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * y = W * x + b + Σ s B * (A * x): a frozen 2D convolution without dilation, with any number of
 * low-rank branches.
 *
 * <p>A has the kernel, stride and padding of W but no groups, even where W has some; B has a 1x1
 * kernel. Branches are computed in fp32, the convolution itself in the dtype of its weight.
 * Attaching while another thread is in {@link #forward} is not allowed.
 */
public final class Conv2d implements Layer, Adaptable, LastMap {
  private static final long[] ONE = {1, 1};
  private static final long[] NONE = {0, 0};

  private final String path;
  private final @Nullable Tensor bias; // [out] or null
  private final long[] stride;
  private final long[] padding;
  private final long groups;
  private final List<LowRankBranch> branches = new ArrayList<>();
  private final List<LowRankBranch> mergedBranches = new ArrayList<>(); // owned, of grouped layers
  private final FrozenWeight weight; // [out, in / groups, kernel, kernel]
  private @Nullable Tensor merged; // the same with what was merged into it, or null

  /**
   * A frozen convolution without branches; weight and bias stay their owner's.
   *
   * @param path the module's path in the checkpoint, by which LoRA files name it
   * @param weight [out, in / groups, kernel, kernel]
   * @param bias [out], or null
   * @param stride in both directions
   * @param padding zeros on all four sides
   * @param groups 1, or the number of equal parts that channels are cut into
   */
  public Conv2d(
      String path, Tensor weight, @Nullable Tensor bias, long stride, long padding, long groups) {
    this(path, FrozenWeight.whole(weight), bias, stride, padding, groups);
  }

  private Conv2d(
      String path,
      FrozenWeight weight,
      @Nullable Tensor bias,
      long stride,
      long padding,
      long groups) {
    this.path = path;
    this.weight = weight;
    this.bias = bias;
    this.stride = new long[] {stride, stride};
    this.padding = new long[] {padding, padding};
    this.groups = groups;
  }

  /** Reads {@code weight} and {@code bias} of a square kernel. */
  public static Conv2d load(
      Weights weights, long in, long out, long kernel, long stride, long padding) {
    return new Conv2d(
        weights.path(),
        weights.frozen("weight", out, in, kernel, kernel),
        weights.tensor("bias", out),
        stride,
        padding,
        1);
  }

  /** Reads {@code weight} alone, of a square kernel. */
  public static Conv2d loadWithoutBias(
      Weights weights, long in, long out, long kernel, long stride, long padding) {
    return loadWithoutBias(weights, in, out, kernel, stride, padding, 1);
  }

  /** Reads {@code weight} alone, of a square kernel on each group of channels by itself. */
  public static Conv2d loadWithoutBias(
      Weights weights, long in, long out, long kernel, long stride, long padding, long groups) {
    return new Conv2d(
        weights.path(),
        weights.frozen("weight", out, in / groups, kernel, kernel),
        null,
        stride,
        padding,
        groups);
  }

  /**
   * Reads {@code weight} and {@code bias} of a square, odd kernel that works on every channel by
   * itself and keeps the picture's size.
   */
  public static Conv2d loadDepthwise(Weights weights, long channels, long kernel) {
    return new Conv2d(
        weights.path(),
        weights.frozen("weight", channels, 1, kernel, kernel),
        weights.tensor("bias", channels),
        1,
        kernel / 2,
        channels);
  }

  /** x [B, in, H, W] to [B, out, H', W']. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor y = Ops.conv2d(x, weight(), bias, stride, padding, groups);
    Tensor change = change(x);
    return change == null ? y : y.add(change);
  }

  @Override
  public long[] shape(Tensor u) {
    return new long[] {u.size(0), weight.size(0), side(u, 2), side(u, 3)};
  }

  private long side(Tensor u, int dim) {
    int i = dim - 2;
    return (u.size(dim) + 2 * padding[i] - weight.size(dim)) / stride[i] + 1;
  }

  /**
   * Wᵀ * dy, without the branches: [B, out, H, W] to [B, in, h, w].
   *
   * @throws UnsupportedOperationException if the stride is not 1
   */
  @Override
  public Tensor backward(Tensor u, Tensor dy) {
    if (stride[0] != 1) {
      throw new UnsupportedOperationException(path + " has a stride of " + stride[0]);
    }
    return Vjp.conv2d(dy, weight(), padding, groups);
  }

  @Override
  public @Nullable Tensor change(Tensor x) {
    Tensor sum = null;
    for (LowRankBranch branch : Iterables.concat(mergedBranches, branches)) {
      Tensor change = change(x, branch).to(x.scalar_type());
      sum = sum == null ? change : sum.add(change);
    }
    return sum;
  }

  /** s B * (A * x), fp32. */
  private Tensor change(Tensor x, LowRankBranch branch) {
    Tensor inner = convolve(Ops.toLike(x, branch.a()), branch.a(), stride, padding);
    return convolve(Ops.mul(inner, branch.scale()), branch.b(), ONE, NONE);
  }

  private static Tensor convolve(Tensor x, Tensor kernel, long[] stride, long[] padding) {
    return Ops.conv2d(x, kernel, null, stride, padding, 1);
  }

  /** The kernel as it is now, [out, in / groups, kernel, kernel]; without attached branches. */
  public Tensor weight() {
    return merged == null ? weight.whole() : merged;
  }

  /** The type it computes in. */
  public Dtype dtype() {
    return weight.dtype();
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public long[] aShape(int rank) {
    return new long[] {rank, weight.size(1) * groups, weight.size(2), weight.size(3)};
  }

  @Override
  public long[] bShape(int rank) {
    return new long[] {weight.size(0), rank, 1, 1};
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
    return merged != null || !branches.isEmpty() || !mergedBranches.isEmpty();
  }

  @Override
  public boolean soundlyAdapted() {
    return branches.stream().allMatch(LowRankBranch::isFinite);
  }

  @Override
  public void detach(LowRankBranch branch) {
    branches.remove(branch);
  }

  /**
   * W ← W + s BA, in a copy. With groups, BA mixes channels that W does not, and a kernel for all
   * of them would be {@code groups} times as large as W: there, a copy of A and B stays beside W.
   */
  @Override
  public void merge(LowRankBranch branch) {
    if (groups > 1) {
      mergedBranches.add(new LowRankBranch(copy(branch.a()), copy(branch.b()), branch.scale()));
      return;
    }
    Tensor sum =
        Memory.kept(
            () ->
                Memory.noGrad(
                    () -> {
                      Tensor product = branch.b().flatten(1, -1).matmul(branch.a().flatten(1, -1));
                      return Ops.toFloat(weight())
                          .add(Ops.mul(product, branch.scale()).view(weight.shape()))
                          .to(dtype().scalarType());
                    }));
    releaseMerged();
    merged = sum;
  }

  private static Tensor copy(Tensor factor) {
    return Memory.kept(() -> Memory.noGrad(factor::clone));
  }

  @Override
  public void releaseMerged() {
    if (merged != null) {
      merged.close();
      merged = null;
    }
    for (LowRankBranch branch : mergedBranches) {
      branch.a().close();
      branch.b().close();
    }
    mergedBranches.clear();
  }
}
