package dev.dualprocess.lora;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import dev.dualprocess.lora.format.PathPattern;
import dev.dualprocess.nn.Adaptable;
import dev.dualprocess.nn.LowRankBranch;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The modules of one generator that take a LoRA, by path. Not thread-safe.
 *
 * <p>Which of them a new adapter covers is the generator's choice; a loaded one may cover any that
 * exist.
 */
public final class LoraTargets implements AutoCloseable {
  private final ImmutableMap<String, Adaptable> modules;
  private final Set<String> trained;
  private final Placement placement;
  private final Lifetime lifetime;
  private final List<Object> changes = new ArrayList<>(); // what is attached or merged, in order

  /** The layers of a generator that has no name. */
  public LoraTargets(List<? extends Adaptable> modules, Set<String> trained, Placement placement) {
    this(modules, trained, placement, new Lifetime("this generator"));
  }

  /**
   * Names the layers of one generator that can take a LoRA; the layers stay the model's.
   *
   * @param modules every layer that can take a branch, in the order of the forward pass
   * @param trained the paths that a new adapter covers
   * @param placement where branches are computed
   * @param lifetime of the generator
   */
  public LoraTargets(
      List<? extends Adaptable> modules,
      Set<String> trained,
      Placement placement,
      Lifetime lifetime) {
    ImmutableMap.Builder<String, Adaptable> byPath = ImmutableMap.builder();
    modules.forEach(module -> byPath.put(module.path(), module));
    this.modules = byPath.buildOrThrow();
    this.trained = Set.copyOf(trained);
    this.placement = placement;
    this.lifetime = lifetime;
  }

  /** The generator's, which whoever passes through the layers is inside of. */
  public Lifetime lifetime() {
    return lifetime;
  }

  /** Where branches are computed. */
  public Placement placement() {
    return placement;
  }

  /**
   * What is attached and merged at the moment: equal to what this was at another, if the generator
   * has the same effects on it.
   */
  public List<Object> changes() {
    return List.copyOf(changes);
  }

  /** Whether a LoRA is attached whose weights require a gradient. */
  public boolean learning() {
    return modules.values().stream().anyMatch(Adaptable::learning);
  }

  /** What is wrong with a LoRA, if numbers that are not finite arise here; empty without a LoRA. */
  public Optional<String> suspicion() {
    Optional<String> damaged =
        modules.values().stream()
            .filter(module -> !module.soundlyAdapted())
            .findFirst()
            .map(module -> "a LoRA's factors of '" + module.path() + "' are not finite");
    if (damaged.isPresent() || modules.values().stream().noneMatch(Adaptable::adapted)) {
      return damaged;
    }
    return Optional.of(
        learning()
            ? "the LoRA that is learnt may have grown too large"
            : "a LoRA is too strong, lower its scale");
  }

  /** The paths that a new adapter covers, in the order of the forward pass. */
  public List<String> trained() {
    return modules.keySet().stream().filter(trained::contains).toList();
  }

  /**
   * A new adapter on the trained modules, or on those that the settings name, its A drawn from
   * {@code seed}, its B zero. The caller closes it.
   *
   * @throws IllegalArgumentException if the settings name modules that are not there
   */
  public Lora create(LoraSettings settings, long seed) {
    Objects.requireNonNull(settings, "settings");
    lifetime.requireOpen();
    Lora.Builder builder = Lora.builder(settings.alpha() / settings.rank());
    try (Noise noise = Noise.seeded(seed);
        PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      for (String path : covered(settings.targetModules())) {
        Adaptable module = module(path);
        Tensor a = initial(noise, settings, module.aShape(settings.rank()));
        builder.put(path, a, torch.zeros(module.bShape(settings.rank())));
      }
      return builder.build(placement);
    }
  }

  private List<String> covered(String targetModules) {
    if (targetModules.isEmpty()) {
      return trained();
    }
    PathPattern pattern = PathPattern.of(targetModules);
    List<String> named = modules.keySet().stream().filter(pattern::matches).toList();
    if (named.isEmpty()) {
      throw new IllegalArgumentException(
          "no layer of this generator matches '%s'; there are %s ..."
              .formatted(targetModules, modules.keySet().stream().limit(3).toList()));
    }
    return named;
  }

  private static Tensor initial(Noise noise, LoraSettings settings, long[] shape) {
    if (settings.init() == LoraSettings.Init.GAUSSIAN) {
      return Ops.mul(noise.normal(shape), 1.0 / settings.rank());
    }
    long fanIn = 1;
    for (int i = 1; i < shape.length; i++) {
      fanIn *= shape[i];
    }
    double bound = 1 / Math.sqrt((double) fanIn);
    return Ops.add(Ops.mul(noise.uniform(shape), 2 * bound), -bound);
  }

  /**
   * Attaches {@code lora} with {@code weight}: every forward pass then uses W + weight · alpha /
   * rank · BA. Several may be attached at once; their effects add up.
   *
   * <p>A LoRA that is closed while it is attached is freed when it is detached, and the generator's
   * images are never those of half a LoRA: detaching waits for threads that draw with it.
   *
   * @param weight any finite number; 1 is as it was learnt
   * @return the attachment; closing it detaches
   * @throws IllegalArgumentException in one line, if it does not fit this generator
   * @throws IllegalStateException if the LoRA or the generator is closed, or another thread is
   *     using the generator
   */
  public Attachment attach(Lora lora, double weight) {
    requireFits(lora, weight);
    try (Lifetime.Hold alone = lifetime.claim()) {
      Lora here = lora.isOn(placement) ? lora : lora.on(placement);
      Lifetime.Hold kept = here.keep();
      return attached(
          branches(here, weight),
          () -> {
            kept.close();
            if (here != lora) {
              here.close();
            }
          });
    }
  }

  /**
   * {@link #attach} at weight 1 of a LoRA that learns, for one pass and its backward: its factors
   * are as they are now, and what they collect is in {@link Lora#flatGradient} when it is detached.
   * For a model in half precision that is faster, since the factors are rounded all at once.
   *
   * @param lora on this {@link #placement}
   */
  public Attachment attachForOnePass(Lora lora) {
    if (placement.dtype().bytes() != 2 || !lora.isOn(placement)) {
      return attach(lora, 1);
    }
    requireFits(lora, 1);
    try (Lifetime.Hold alone = lifetime.claim()) {
      RoundedFactors factors = new RoundedFactors(lora, placement.dtype());
      Lifetime.Hold kept = lora.keep();
      return attached(
          factors.branches(),
          () -> {
            factors.close();
            kept.close();
          });
    }
  }

  private Attachment attached(Map<String, LowRankBranch> branches, Runnable afterwards) {
    Object change = new Object();
    changes.add(change);
    List<Runnable> undo = new ArrayList<>(List.of(() -> changes.remove(change)));
    branches.forEach(
        (path, branch) -> {
          module(path).attach(branch);
          undo.add(() -> module(path).detach(branch));
        });
    return () -> {
      if (!undo.isEmpty()) {
        lifetime.undisturbed(() -> undo.forEach(Runnable::run));
        undo.clear();
        afterwards.run();
      }
    };
  }

  /**
   * Adds {@code lora}'s effect to the weights for good.
   *
   * @param weight any finite number; 1 is as it was learnt
   */
  public void merge(Lora lora, double weight) {
    requireFits(lora, weight);
    try (Lifetime.Hold alone = lifetime.claim()) {
      Lora here = lora.isOn(placement) ? lora : lora.on(placement);
      changes.add(new Object());
      branches(here, weight).forEach((path, branch) -> module(path).merge(branch));
      if (here != lora) {
        here.close();
      }
    }
  }

  private static Map<String, LowRankBranch> branches(Lora lora, double weight) {
    return Maps.toMap(lora.modules(), path -> lora.branch(path, weight));
  }

  private void requireFits(Lora lora, double weight) {
    Objects.requireNonNull(lora, "lora");
    lifetime.requireOpen();
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException("a LoRA's weight must be a number, not " + weight);
    }
    for (String path : lora.modules()) {
      if (Math.abs(weight * lora.scale(path)) > Float.MAX_VALUE) {
        throw new IllegalArgumentException("a LoRA's weight of " + weight + " is too large");
      }
    }
    lora.modules().forEach(path -> requireFits(lora, path));
  }

  private Adaptable module(String path) {
    return Objects.requireNonNull(modules.get(path), path);
  }

  private void requireFits(Lora lora, String path) {
    Adaptable module = modules.get(path);
    if (module == null) {
      throw new IllegalArgumentException(
          "this LoRA is for another model: there is no module '" + path + "' here");
    }
    int rank = lora.rank(path);
    if (!Arrays.equals(lora.a(path).shape(), module.aShape(rank))
        || !Arrays.equals(lora.b(path).shape(), module.bShape(rank))) {
      throw new IllegalArgumentException(
          "this LoRA is for another model: '%s' has A %s and B %s here, but A %s and B %s in the LoRA"
              .formatted(
                  path,
                  Arrays.toString(module.aShape(rank)),
                  Arrays.toString(module.bShape(rank)),
                  Arrays.toString(lora.a(path).shape()),
                  Arrays.toString(lora.b(path).shape())));
    }
  }

  /** Frees the weights that {@link #merge} made. Called by the generator when it closes. */
  @Override
  public void close() {
    modules.values().forEach(Adaptable::releaseMerged);
  }

  /** An attached LoRA; closing detaches it, closing twice is harmless. */
  @FunctionalInterface
  public interface Attachment extends AutoCloseable {
    @Override
    void close();
  }
}
