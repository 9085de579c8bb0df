package dev.dualprocess.tensor;

import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.InterpolateFuncOptions;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.kBicubic;
import org.bytedeco.pytorch.kBilinear;
import org.jspecify.annotations.Nullable;

/**
 * A small vocabulary on tensors, named as in {@code torch} and {@code torch.nn.functional}, that
 * keeps scalars and empty optionals of the native interface out of sight. Pure functions: results
 * belong to the caller's scope.
 */
public final class Ops {
  private Ops() {}

  /** x + value. */
  public static Tensor add(Tensor x, double value) {
    return x.add(new Scalar(value));
  }

  /** x · value. */
  public static Tensor mul(Tensor x, double value) {
    return x.mul(new Scalar(value));
  }

  /** (1 + scale) ⊙ x + shift. */
  public static Tensor modulate(Tensor x, Tensor scale, Tensor shift) {
    return torch.addcmul(shift, x, add(scale, 1.0));
  }

  /** x Wᵀ (+ b): x [..., in], weight [out, in], bias [out] or null. */
  public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
    Flops.product(x, weight, x.numel() / x.size(-1) * weight.size(0), x.size(-1));
    if (PointwiseProduct.suits(x, weight, x.numel() * weight.size(0))) {
      return PointwiseProduct.linear(x, weight, bias);
    }
    return bias == null
        ? torch.linear(x, weight)
        : torch.linear(x, weight, new TensorOptional(bias));
  }

  /** a b: [..., n, k] and [..., k, m] to [..., n, m]. */
  public static Tensor matmul(Tensor a, Tensor b) {
    Tensor y = a.matmul(b);
    Flops.product(a, b, y.numel(), a.size(-1));
    return y;
  }

  /**
   * x * weight (+ bias): x [B, in, H, W], weight [out, in / groups, k, k], bias [out] or null,
   * zeros around x.
   */
  public static Tensor conv2d(
      Tensor x, Tensor weight, @Nullable Tensor bias, long[] stride, long[] padding, long groups) {
    Tensor y = convolve(WholeBlocks.inOrder(x), weight, bias, stride, padding, groups);
    Flops.product(x, weight, y.numel(), weight.size(1) * weight.size(2) * weight.size(3));
    return y;
  }

  private static Tensor convolve(
      Tensor x, Tensor weight, @Nullable Tensor bias, long[] stride, long[] padding, long groups) {
    if (WholeBlocks.lacking(x, weight, stride[0], groups)) {
      Tensor y =
          convolved(
              WholeBlocks.input(x, stride[0]),
              WholeBlocks.kernel(weight, stride[0]),
              WholeBlocks.bias(bias),
              stride,
              padding,
              1);
      return WholeBlocks.cut(y, weight.size(0));
    }
    return convolved(x, weight, bias, stride, padding, groups);
  }

  private static Tensor convolved(
      Tensor x, Tensor weight, @Nullable Tensor bias, long[] stride, long[] padding, long groups) {
    return torch.conv2d(
        x,
        weight,
        bias == null ? new TensorOptional() : new TensorOptional(bias),
        stride,
        padding,
        new long[] {1, 1},
        groups);
  }

  /** Joins along {@code dim}. */
  public static Tensor cat(long dim, Tensor... parts) {
    return torch.cat(new TensorVector(parts), dim);
  }

  /** x + gate ⊙ y. */
  public static Tensor gated(Tensor x, Tensor gate, Tensor y) {
    return torch.addcmul(x, gate, y);
  }

  /** The {@code n} equal parts of x along {@code dim}. */
  public static Tensor[] chunk(Tensor x, int n, long dim) {
    long[] sizes = new long[n];
    Arrays.fill(sizes, x.size(dim) / n);
    return split(x, dim, sizes);
  }

  /** Parts of x of those sizes along {@code dim}, which they fill. */
  public static Tensor[] split(Tensor x, long dim, long... sizes) {
    TensorVector parts = x.split_with_sizes(sizes, dim);
    Tensor[] views = new Tensor[sizes.length];
    for (int i = 0; i < views.length; i++) {
      views[i] = new Tensor(parts.get(i));
    }
    return views;
  }

  /** x + factor · a bᵀ, written over x: x [n, m], a [n, r], b [m, r]. */
  public static Tensor addProduct(Tensor x, Tensor a, Tensor b, double factor) {
    Flops.product(a, b, x.numel(), a.size(1));
    return x.addmm_(a, b.t(), new Scalar(1.0), new Scalar(factor));
  }

  /** x · σ(x). */
  public static Tensor silu(Tensor x) {
    return torch.silu(x);
  }

  /** {@link #silu}, written over x. */
  public static void siluInPlace(Tensor x) {
    torch.silu_(x);
  }

  /** GELU by the error function. */
  public static Tensor gelu(Tensor x) {
    return torch.gelu(x);
  }

  /** GELU by its tanh approximation. */
  public static Tensor geluTanh(Tensor x) {
    return torch.gelu(x, "tanh");
  }

  /** x · σ(1.702 x). */
  public static Tensor quickGelu(Tensor x) {
    return x.mul(torch.sigmoid(mul(x, 1.702)));
  }

  /** Softmax over the last dimension. */
  public static Tensor softmax(Tensor x) {
    return torch.softmax(x, -1);
  }

  /**
   * softmax(q kᵀ · scale + mask) v: q [B, H, Lq, D], k and v [B, H, Lk, D].
   *
   * @param mask added to the scores, or null
   * @param scale factor of the scores
   */
  public static Tensor attention(
      Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, double scale) {
    return attention(q, k, v, mask, false, scale);
  }

  /** {@link #attention} where each position sees itself and what stands before it. */
  public static Tensor causalAttention(Tensor q, Tensor k, Tensor v, double scale) {
    return attention(q, k, v, null, true, scale);
  }

  /**
   * On the CPU always in fp32: there the fused kernel's products in half precision have no fast
   * routine behind them and take ten times as long.
   */
  private static Tensor attention(
      Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal, double scale) {
    if (q.is_cpu() && Dtype.of(q).bytes() == 2) {
      Tensor mask32 = mask == null || !Dtype.of(mask).isFloatingPoint() ? mask : toFloat(mask);
      return attention(toFloat(q), toFloat(k), toFloat(v), mask32, causal, scale)
          .to(q.scalar_type());
    }
    Flops.attention(q, k);
    if (mask == null && !causal && WideAttention.suits(q, k)) {
      return WideAttention.of(q, k, v, scale);
    }
    return torch.scaled_dot_product_attention(
        q,
        k,
        v,
        mask == null ? new TensorOptional() : new TensorOptional(mask),
        0.0,
        causal,
        new DoubleOptional(scale),
        false);
  }

  /**
   * Bilinear resize without antialiasing, {@code align_corners=False}: [B, C, h, w] to [B, C,
   * height, width].
   */
  public static Tensor resizeBilinear(Tensor x, long height, long width) {
    return torch.upsample_bilinear2d(
        x, new long[] {height, width}, false, new DoubleOptional(), new DoubleOptional());
  }

  /**
   * Bilinear resize with antialiasing, as Pillow resizes apart from its rounding: [B, C, h, w] to
   * [B, C, height, width].
   */
  public static Tensor resizeBilinearAntialias(Tensor x, long height, long width) {
    InterpolateFuncOptions options = antialiased(height, width);
    options.mode().put(new kBilinear());
    return torch.interpolate(x, options);
  }

  /**
   * Bicubic resize with antialiasing (a = -0.5), as Pillow resizes apart from its rounding: [B, C,
   * h, w] to [B, C, height, width]. Values may overshoot the range of x.
   */
  public static Tensor resizeBicubic(Tensor x, long height, long width) {
    InterpolateFuncOptions options = antialiased(height, width);
    options.mode().put(new kBicubic());
    return torch.interpolate(x, options);
  }

  private static InterpolateFuncOptions antialiased(long height, long width) {
    InterpolateFuncOptions options = new InterpolateFuncOptions();
    options.size().put(new LongVector(height, width));
    options.align_corners().put(false);
    options.antialias().put(true);
    return options;
  }

  /** x held between two bounds; no gradient flows where x is beyond them. */
  public static Tensor clamp(Tensor x, double least, double most) {
    return x.clamp(new ScalarOptional(new Scalar(least)), new ScalarOptional(new Scalar(most)));
  }

  /** Nearest-neighbour upsampling by two: [B, C, h, w] to [B, C, 2h, 2w]. */
  public static Tensor upsampleNearest2x(Tensor x) {
    return torch.upsample_nearest2d(
        x, new long[] {x.size(2) * 2, x.size(3) * 2}, new DoubleOptional(), new DoubleOptional());
  }

  /** Mean over the last dimension, which is kept with size 1. */
  public static Tensor meanLast(Tensor x) {
    return x.mean(new long[] {-1}, true, new ScalarTypeOptional());
  }

  /** Mean of the squares over the last dimension, which is kept with size 1; in one pass. */
  public static Tensor meanSquareLast(Tensor x) {
    Tensor length = x.norm(new ScalarOptional(new Scalar(2.0)), new long[] {-1}, true);
    return mul(length.square(), 1.0 / x.size(-1));
  }

  /** x in fp32. */
  public static Tensor toFloat(Tensor x) {
    return x.to(torch.ScalarType.Float);
  }

  /** x in the dtype and on the device of {@code like}. */
  public static Tensor toLike(Tensor x, Tensor like) {
    return x.to(like.device(), like.scalar_type());
  }

  /** The integers from 0 to n-1 as int64 on {@code device}. */
  public static Tensor arange(long n, Device device) {
    return torch.arange(
        new Scalar(n), new TensorOptions(torch.ScalarType.Long).device(new DeviceOptional(device)));
  }

  /** The integers from 0 to n-1 as fp32 on {@code device}. */
  public static Tensor arangeFloat(long n, Device device) {
    return torch.arange(
        new Scalar(n),
        new TensorOptions(torch.ScalarType.Float).device(new DeviceOptional(device)));
  }

  /** A tensor with those values, int64 on the CPU. */
  public static Tensor longs(long[] values, long... shape) {
    Tensor t = torch.empty(shape, new TensorOptions(torch.ScalarType.Long), null);
    requireCount(values.length, t);
    try (LongPointer p = new LongPointer(t.data_ptr())) {
      p.put(values);
    }
    return t;
  }

  /** A tensor with those values, fp32 on the CPU. */
  public static Tensor floats(float[] values, long... shape) {
    Tensor t = torch.empty(shape, new TensorOptions(torch.ScalarType.Float), null);
    requireCount(values.length, t);
    try (FloatPointer p = new FloatPointer(t.data_ptr())) {
      p.put(values);
    }
    return t;
  }

  private static void requireCount(int count, Tensor t) {
    if (count != t.numel()) {
      throw new IllegalArgumentException(
          count + " values do not fill a tensor of shape " + Arrays.toString(t.shape()));
    }
  }

  /** The values of any tensor as floats, in row-major order; waits for the device. */
  public static float[] toFloats(Tensor x) {
    return Memory.freeing(
        () -> {
          Tensor c = x.detach().to(new Device("cpu"), torch.ScalarType.Float).contiguous();
          float[] values = new float[Math.toIntExact(c.numel())];
          new FloatPointer(c.data_ptr()).get(values);
          return values;
        });
  }

  /** The values of an integer tensor, in row-major order; waits for the device. */
  public static long[] toLongs(Tensor x) {
    return Memory.freeing(
        () -> {
          Tensor c = x.to(new Device("cpu"), torch.ScalarType.Long).contiguous();
          long[] values = new long[Math.toIntExact(c.numel())];
          new LongPointer(c.data_ptr()).get(values);
          return values;
        });
  }

  /**
   * A detached copy of the handle that records operations on itself: a leaf whose gradient is
   * wanted. It shares its memory with {@code x}.
   */
  public static Tensor leaf(Tensor x) {
    return x.detach().set_requires_grad(true);
  }

  /**
   * Runs backward from {@code y} with the gradient {@code dy}, into every leaf that requires one.
   */
  public static void backward(Tensor y, Tensor dy) {
    y.backward(dy, new BoolOptional(false), false, new TensorArrayRefOptional());
  }
}
