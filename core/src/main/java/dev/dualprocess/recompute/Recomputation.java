package dev.dualprocess.recompute;

import dev.dualprocess.tensor.FreeMemory;
import dev.dualprocess.tensor.Placement;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Decides for one model, pass by pass, whether its blocks are computed again.
 *
 * <p>{@link Recompute#AUTO} runs the first pass of a shape once more than needed, learns from that
 * how large the blocks' inputs are, and stays with what follows for that shape: a block keeps up to
 * {@value #KEPT_PER_INPUT} times its input, and all of them may take half of the memory that is
 * free.
 */
public final class Recomputation {
  private static final int KEPT_PER_INPUT = 40;
  private static final double SHARE = 0.5;
  private static final int MOST_SHAPES = 64;

  private final Recompute policy;
  private final Placement placement;
  private final Blocks blocks = new Blocks();
  private final Map<Object, Boolean> decided = new LinkedHashMap<>();

  /** For a model that lives there. */
  public Recomputation(Recompute policy, Placement placement) {
    this.policy = policy;
    this.placement = placement;
  }

  /** What was asked for; with {@link Recompute#AUTO} this decides. */
  public Recompute policy() {
    return policy;
  }

  /** What the model's networks run their blocks with. */
  public Blocks blocks() {
    return blocks;
  }

  /**
   * A tape for one pass of these networks; the caller closes it.
   *
   * @param shape whatever the pass's memory depends on, with equality by value
   * @param parametersLearn whether a block may hold weights that a gradient is wanted for; if not,
   *     blocks whose inputs need no gradient are not kept
   */
  public synchronized Tape tape(Object shape, boolean parametersLearn) {
    return switch (policy) {
      case OFF -> new Tape(blocks, false, parametersLearn);
      case ON -> new Tape(blocks, true, parametersLearn);
      case AUTO ->
          decided.containsKey(shape)
              ? new Tape(blocks, decided.get(shape), parametersLearn)
              : new Tape(blocks, bytes -> decide(shape, bytes), parametersLearn);
    };
  }

  private synchronized boolean decide(Object shape, long inputBytes) {
    if (decided.size() == MOST_SHAPES) {
      decided.clear();
    }
    double needed = (double) KEPT_PER_INPUT * inputBytes;
    boolean recomputes = needed > SHARE * FreeMemory.bytes(placement);
    decided.put(shape, recomputes);
    return recomputes;
  }
}
