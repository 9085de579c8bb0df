package dev.dualprocess.spi;

import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.text.cache.TextCache;
import dev.dualprocess.weights.WeightSource;
import java.util.Objects;
import java.util.Optional;

/**
 * How a model is opened: where it goes, how its weights are kept, and what a pass keeps for
 * backward.
 *
 * @param placement where it goes
 * @param textPlacement where a generator's text encoders go
 * @param weights from its files or made at random, whole or in 8 bits; a generator's text encoders
 *     are whole
 * @param recompute whether its blocks are computed again in backward
 * @param textCache where encoded texts are kept on disk; nothing is kept unless someone asks for it
 */
public record LoadOptions(
    Placement placement,
    Placement textPlacement,
    WeightSource weights,
    Recompute recompute,
    Optional<TextCache> textCache) {
  /** Nothing may be missing. */
  public LoadOptions {
    Objects.requireNonNull(placement, "placement");
    Objects.requireNonNull(textPlacement, "textPlacement");
    Objects.requireNonNull(weights, "weights");
    Objects.requireNonNull(recompute, "recompute");
    Objects.requireNonNull(textCache, "textCache");
  }

  /** All of it there, from its files, with recompute where memory is short. */
  public static LoadOptions at(Placement placement) {
    return new LoadOptions(
        placement, placement, WeightSource.FILES, Recompute.AUTO, Optional.empty());
  }

  /** This opening with text encoders elsewhere, such as on the CPU. */
  public LoadOptions withTextEncodersAt(Placement newPlacement) {
    return new LoadOptions(placement, newPlacement, weights, recompute, textCache);
  }

  /** This opening with weights kept or made in another way, such as in 8 bits. */
  public LoadOptions withWeights(WeightSource newWeights) {
    return new LoadOptions(placement, textPlacement, newWeights, recompute, textCache);
  }

  /** This opening with another policy of recompute. */
  public LoadOptions withRecompute(Recompute newRecompute) {
    return new LoadOptions(placement, textPlacement, weights, newRecompute, textCache);
  }

  /** This opening elsewhere. */
  public LoadOptions withPlacements(Placement newPlacement, Placement newTextPlacement) {
    return new LoadOptions(newPlacement, newTextPlacement, weights, recompute, textCache);
  }

  /**
   * This opening with encoded texts kept in that folder, such as {@link TextCache#ofUser}: text
   * encoders are then opened when a text comes that is not there, and what is found is bit for bit
   * what they gave. Texts of random weights are never kept.
   */
  public LoadOptions withTextCache(TextCache cache) {
    return new LoadOptions(placement, textPlacement, weights, recompute, Optional.of(cache));
  }

  /** This opening with every text encoded anew; {@link #at} is that already. */
  public LoadOptions withoutTextCache() {
    return new LoadOptions(placement, textPlacement, weights, recompute, Optional.empty());
  }

  /**
   * Who decides for the model. Weights in 8 bits or on the host are made whole block by block, so
   * there a graph of the whole pass, which would keep them all, is made only where someone insists.
   */
  public Recomputation recomputation() {
    boolean block = weights.blockByBlock() && recompute == Recompute.AUTO;
    return new Recomputation(block ? Recompute.ON : recompute, placement);
  }

  /** This, if its devices exist on this machine. */
  public LoadOptions requireAvailable() {
    placement.requireAvailable();
    textPlacement.requireAvailable();
    return this;
  }
}
