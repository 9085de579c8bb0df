package dev.dualprocess.weights;

import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.tensor.Torch;
import dev.dualprocess.weights.Weights.Initializer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where a model's weights come from: the checkpoint beside its config, or a seed; and how its
 * frozen matrices are kept: whole, quantized to 8 bits, or offloaded to the host.
 *
 * @param seed of random weights; empty for the checkpoint
 * @param eightBits whether matrices and kernels are quantized to 8 bits (weight-only), see {@link
 *     FrozenWeight}
 * @param onHost whether they are offloaded: stay in the host's memory and are fetched for the block
 *     that runs
 */
public record WeightSource(OptionalLong seed, boolean eightBits, boolean onHost) {
  /** The checkpoint beside the config. */
  public static final WeightSource FILES = new WeightSource(OptionalLong.empty(), false, false);

  /**
   * Random weights of a sensible scale, made from the config alone where the model is to be, in the
   * dtype it is to have. For measurements: sizes and speed do not depend on values.
   */
  public static WeightSource random(long seed) {
    return new WeightSource(OptionalLong.of(seed), false, false);
  }

  /** These weights with matrices and kernels quantized to 8 bits: half the bytes of bf16. */
  public WeightSource inEightBits() {
    return new WeightSource(seed, true, onHost);
  }

  /**
   * These weights with matrices and kernels offloaded to the host's memory (pinned for a GPU; on
   * the CPU as the file has them), fetched for the block that runs: for a device smaller than the
   * models.
   */
  public WeightSource onTheHost() {
    return new WeightSource(seed, eightBits, true);
  }

  /** These weights as they are used, where they are used. */
  public WeightSource whole() {
    return new WeightSource(seed, false, false);
  }

  /** Whether a weight is made or fetched each time that its block runs. */
  public boolean blockByBlock() {
    return eightBits || onHost;
  }

  /** Whether weights are made from a seed. */
  public boolean isRandom() {
    return seed.isPresent();
  }

  /** What a stored key is called here, given all that are stored; null passes it over. */
  @FunctionalInterface
  public interface Renaming extends Layout {
    /** The key as it is. */
    Renaming NONE = (key, stored) -> key;

    /** The name of one key. */
    @Nullable String rename(String key, Set<String> stored);

    @Override
    default Map<String, StoredSlice> of(Map<String, TensorEntry> stored) {
      Map<String, StoredSlice> renamed = new LinkedHashMap<>();
      stored.forEach(
          (key, entry) -> {
            String name = rename(key, stored.keySet());
            if (name != null) {
              renamed.put(name, StoredSlice.whole(entry));
            }
          });
      return renamed;
    }

    /** A renaming that looks at one key alone. */
    static Renaming each(Function<String, @Nullable String> rename) {
      return (key, stored) -> rename.apply(key);
    }
  }

  /**
   * Builds a model of all the weights it asks for.
   *
   * @param folder with the checkpoint; not read for random weights
   * @param placement where the weights go
   * @param owner of the weights, also if this fails
   * @param layout where the model's tensors lie in the checkpoint, such as a {@link Renaming}
   * @throws IOException in one line, if the checkpoint is missing, broken, or does not fit
   */
  public <M> M build(
      Path folder,
      Placement placement,
      TensorOwner owner,
      Layout layout,
      Function<Weights, M> model)
      throws IOException {
    if (isRandom()) {
      Initializer random = new RandomWeights(seed.getAsLong());
      return Torch.plainly(() -> model.apply(stored(Weights.made(random, placement, owner))));
    }
    try (Checkpoint checkpoint = Checkpoint.open(folder, placement.dtype())) {
      Weights weights = Weights.laidOut(checkpoint, placement, owner, layout);
      M built = Torch.plainly(() -> model.apply(stored(weights)));
      weights.requireComplete();
      return built;
    }
  }

  private Weights stored(Weights weights) {
    return weights.keeping(FrozenForm.of(this, weights.placement(), weights.owner()));
  }
}
