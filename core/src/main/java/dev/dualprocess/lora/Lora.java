package dev.dualprocess.lora;

import com.google.common.collect.ImmutableMap;
import dev.dualprocess.lora.format.LoraContent;
import dev.dualprocess.lora.format.LoraFormat;
import dev.dualprocess.lora.format.LowRank;
import dev.dualprocess.nn.LowRankBranch;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A low-rank change of a generator's weights, W + s BA for each of its modules: what was learnt, as
 * a value to save, load, scale, stack and hand to someone else. Holds native memory until closed.
 * Not thread-safe.
 *
 * <p>All factors are views of one flat fp32 vector: an optimizer so works on a single tensor, and a
 * checkpoint saves a single tensor, however many modules there are.
 */
public final class Lora implements AutoCloseable {
  private final ImmutableMap<String, Factors> factors;
  private final Tensor flat;
  private final Lifetime lifetime = new Lifetime("this LoRA");
  private @Nullable Tensor flatGradient;

  /** The two factors of one module's change, views of the flat vector, and its scale s. */
  private record Factors(Tensor a, Tensor b, double scale) {}

  private Lora(ImmutableMap<String, Factors> factors, Tensor flat) {
    this.factors = factors;
    this.flat = flat;
  }

  /**
   * Reads a file in the naming of diffusers, PEFT, kohya, ComfyUI, XLabs or OneTrainer, or a folder
   * with {@code adapter_model.safetensors} (PEFT), {@code pytorch_lora_weights.safetensors}
   * (diffusers) or {@code lora.safetensors} (a run). A part for the text encoder is left out with a
   * warning.
   *
   * <p>Which of the places where programs note a module's scale counts is told by {@link
   * LoraContent#read}: the module's {@code .alpha} tensor, else {@code lora_adapter_metadata} in
   * the header, else {@code adapter_config.json}, else alpha in the header's free text, else alpha
   * = rank.
   *
   * @throws IOException in one line, if it is not a plain LoRA: DoRA, LoKr, LoHa and others are
   *     refused by their name
   */
  public static Lora load(Path path) throws IOException {
    Objects.requireNonNull(path, "path");
    try (PointerScope scope = new PointerScope()) {
      Builder result = builder(1);
      LoraContent.read(path)
          .modules()
          .forEach((module, change) -> result.put(module, change.a(), change.b(), change.scale()));
      return result.build(Placement.CPU);
    }
  }

  /** Collects the factors of a new LoRA. */
  static Builder builder(double scale) {
    return new Builder(scale);
  }

  /** The modules it changes, by their paths in the checkpoint. */
  public Set<String> modules() {
    return factors.keySet();
  }

  /**
   * alpha / rank: the factor of BA at weight 1, where all modules have the same.
   *
   * @throws IllegalStateException if they differ, which only a loaded LoRA's may
   */
  public double scale() {
    DoubleSummaryStatistics all =
        factors.values().stream().mapToDouble(Factors::scale).summaryStatistics();
    if (all.getMin() != all.getMax()) {
      throw new IllegalStateException(
          "this LoRA has scales from %s to %s: ask for that of a module"
              .formatted(all.getMin(), all.getMax()));
    }
    return all.getMax();
  }

  /** alpha / rank of one module. */
  public double scale(String path) {
    return factors(path).scale();
  }

  /** The largest rank among its modules. */
  public int rank() {
    return factors.keySet().stream().mapToInt(this::rank).max().orElseThrow();
  }

  /** The rank at one module. */
  public int rank(String path) {
    return Math.toIntExact(a(path).size(0));
  }

  /** A of one module, fp32: [rank, in] of a linear layer, [rank, in, k, k] of a convolution. */
  public Tensor a(String path) {
    return factors(path).a();
  }

  /** B of one module, fp32: [out, rank] of a linear layer, [out, rank, 1, 1] of a convolution. */
  public Tensor b(String path) {
    return factors(path).b();
  }

  private Factors factors(String path) {
    lifetime.requireOpen();
    Factors found = factors.get(Objects.requireNonNull(path, "path"));
    if (found == null) {
      throw new IllegalArgumentException("this LoRA does not change '" + path + "'");
    }
    return found;
  }

  /** All parameters as one vector, fp32 [n]; changing it in place changes every A and B. */
  public Tensor flat() {
    lifetime.requireOpen();
    return flat;
  }

  /**
   * The gradient of {@link #flat()}, fp32 [n], zero at first. The first call makes every A and B a
   * leaf that collects its gradient in a view of this vector.
   */
  public Tensor flatGradient() {
    lifetime.requireOpen();
    if (flatGradient == null) {
      Tensor zeros = Memory.kept(() -> torch.zeros_like(flat));
      flatGradient = zeros;
      Memory.withoutGrad(
          () -> {
            long at = 0;
            for (Factors f : factors.values()) {
              for (Tensor part : List.of(f.a(), f.b())) {
                Tensor gradient = zeros.narrow(0, at, part.numel()).view(part.shape());
                part.set_requires_grad(true);
                part.mutable_grad().put(gradient);
                at += part.numel();
              }
            }
          });
    }
    return flatGradient;
  }

  /** The branch of one module at that weight. */
  LowRankBranch branch(String path, double weight) {
    return new LowRankBranch(a(path), b(path), weight * scale(path));
  }

  /** Keeps its tensors from being freed, for as long as it is attached. */
  Lifetime.Hold keep() {
    return lifetime.hold();
  }

  /** Whether its tensors are on that device. */
  boolean isOn(Placement placement) {
    lifetime.requireOpen();
    return Memory.freeing(() -> flat.device().equals(placement.torchDevice()));
  }

  /** A copy on another device. */
  public Lora on(Placement placement) {
    return copy(1, Objects.requireNonNull(placement, "placement"));
  }

  /** A copy on the CPU whose effect is {@code factor} times as strong. */
  public Lora scaled(double factor) {
    if (!Double.isFinite(factor)) {
      throw new IllegalArgumentException("a LoRA is scaled by a number, not by " + factor);
    }
    return copy(factor, Placement.CPU);
  }

  private Lora copy(double factor, Placement placement) {
    return lifetime.sharing(
        () -> {
          Builder copy = builder(1);
          factors.forEach((path, f) -> copy.put(path, f.a(), f.b(), f.scale() * factor));
          return copy.build(placement);
        });
  }

  /**
   * One LoRA whose effect is the sum of those; ranks add up where they share a module.
   *
   * @throws IllegalArgumentException if they share one that is of another size in each
   */
  public static Lora stack(Lora... loras) {
    return LoraStack.of(loras);
  }

  /**
   * Writes it as a safetensors file in the naming that diffusers' {@code load_lora_weights} reads;
   * an existing file is replaced as a whole. The scale is multiplied into B and alpha is the rank,
   * so the file acts with the same strength in programs that read no alpha; {@link #load} gives it
   * back with scale 1.
   */
  public void save(Path path) throws IOException {
    save(path, LoraFormat.DIFFUSERS);
  }

  /**
   * Writes it in the form of a program.
   *
   * @param path a file, or a folder for {@link LoraFormat#PEFT}
   * @throws IllegalArgumentException in one line, if a module has no name in that form
   */
  public void save(Path path, LoraFormat format) throws IOException {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(format, "format");
    try (Lifetime.Hold kept = lifetime.hold()) {
      ImmutableMap.Builder<String, LowRank> modules = ImmutableMap.builder();
      factors.forEach((module, f) -> modules.put(module, new LowRank(f.a(), f.b(), f.scale())));
      format.write(LoraContent.of(modules.buildOrThrow()), path);
    }
  }

  /** Frees its tensors; where it is attached, as soon as it is detached. */
  @Override
  public void close() {
    lifetime.close(this::free);
  }

  private void free() {
    factors
        .values()
        .forEach(
            f -> {
              f.a().close();
              f.b().close();
            });
    flat.close();
    if (flatGradient != null) {
      flatGradient.close();
      flatGradient = null;
    }
  }

  /**
   * Collects factors and copies them into one flat vector, of which those of the new LoRA are
   * views.
   */
  static final class Builder {
    private final double scale;
    private final Map<String, Factors> parts = new LinkedHashMap<>();

    private Builder(double scale) {
      this.scale = scale;
    }

    /** Adds one module; the tensors must stay valid until {@link #build}. */
    Builder put(String path, Tensor a, Tensor b) {
      return put(path, a, b, scale);
    }

    /** Adds one module with a scale of its own. */
    Builder put(String path, Tensor a, Tensor b, double ownScale) {
      parts.put(path, new Factors(a, b, ownScale));
      return this;
    }

    Lora build(Placement placement) {
      Tensor flat = Torch.plainly(() -> Memory.kept(() -> Memory.noGrad(() -> joined(placement))));
      ImmutableMap.Builder<String, Factors> views = ImmutableMap.builder();
      long at = 0;
      for (Map.Entry<String, Factors> part : parts.entrySet()) {
        Tensor a = view(flat, at, part.getValue().a().shape());
        at += a.numel();
        Tensor b = view(flat, at, part.getValue().b().shape());
        at += b.numel();
        views.put(part.getKey(), new Factors(a, b, part.getValue().scale()));
      }
      return new Lora(views.buildOrThrow(), flat);
    }

    private Tensor joined(Placement placement) {
      Tensor[] all =
          parts.values().stream()
              .flatMap(f -> List.of(f.a(), f.b()).stream())
              .map(t -> placement.placeFloat32(t).reshape(-1))
              .toArray(Tensor[]::new);
      return torch.cat(new TensorVector(all), 0);
    }

    private static Tensor view(Tensor flat, long at, long[] shape) {
      long numel = Arrays.stream(shape).reduce(1, (x, y) -> x * y);
      return Memory.kept(() -> flat.narrow(0, at, numel).view(shape).detach());
    }
  }
}
