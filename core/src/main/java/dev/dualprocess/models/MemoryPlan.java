package dev.dualprocess.models;

import dev.dualprocess.Generator;
import dev.dualprocess.Verifier;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.models.MemoryNeed.During;
import dev.dualprocess.spi.LoadOptions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be opened and how, to say what that takes before it is done. What an estimate cannot
 * know counts as nothing: models without files or with random weights, and what a verifier keeps
 * for backward.
 *
 * @param generator who draws, if someone does
 * @param drawing how it is opened
 * @param verifiers who look
 * @param looking how they are opened
 * @param size of images; the generator's own where it is not given
 * @param rank of the LoRA that is learnt, 0 where noise is; empty where nothing is
 */
public record MemoryPlan(
    Optional<ModelSource<Generator>> generator,
    LoadOptions drawing,
    List<ModelSource<Verifier>> verifiers,
    LoadOptions looking,
    Optional<ImageSize> size,
    OptionalInt rank) {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryPlan.class);

  /** Nothing may be missing. */
  public MemoryPlan {
    Objects.requireNonNull(generator, "generator");
    Objects.requireNonNull(drawing, "drawing");
    verifiers = List.copyOf(verifiers);
    Objects.requireNonNull(looking, "looking");
    Objects.requireNonNull(size, "size");
    Objects.requireNonNull(rank, "rank");
  }

  /** A distillation, of a LoRA of that rank, or of noise (0). */
  public static MemoryPlan distilling(
      ModelSource<Generator> generator,
      LoadOptions drawing,
      List<ModelSource<Verifier>> verifiers,
      LoadOptions looking,
      Optional<ImageSize> size,
      int rank) {
    return new MemoryPlan(
        Optional.of(generator), drawing, verifiers, looking, size, OptionalInt.of(rank));
  }

  /** Drawing alone. */
  public static MemoryPlan drawing(
      ModelSource<Generator> generator, LoadOptions opening, Optional<ImageSize> size) {
    return new MemoryPlan(
        Optional.of(generator), opening, List.of(), opening, size, OptionalInt.empty());
  }

  /** Looking alone; the estimate is of weights. */
  public static MemoryPlan looking(List<ModelSource<Verifier>> verifiers, LoadOptions opening) {
    return new MemoryPlan(
        Optional.empty(), opening, verifiers, opening, Optional.empty(), OptionalInt.empty());
  }

  /** This plan with models opened in other ways, or at another size. */
  MemoryPlan with(LoadOptions newDrawing, LoadOptions newLooking, Optional<ImageSize> newSize) {
    return new MemoryPlan(generator, newDrawing, verifiers, newLooking, newSize, rank);
  }

  /** What it takes. */
  public MemoryNeed need() {
    MemoryEstimate estimate = new MemoryEstimate();
    generator.ifPresent(source -> estimate.addGenerator(source, drawing));
    for (ModelSource<Verifier> verifier : verifiers) {
      estimate.addWeights(verifier, looking, During.RUN);
    }
    generator.ifPresent(
        source -> {
          if (rank.isPresent()) {
            estimate.addStep(source, drawing, size, rank.getAsInt());
          } else {
            estimate.addDrawing(source, drawing, size);
          }
        });
    return estimate.need();
  }

  /** The options that would make it take less, each with what it would then take; empty if none. */
  public Optional<String> savings() {
    return new MemoryAdvice(this, MemoryNeed::free).savings();
  }

  /**
   * Refuses what cannot be done, and warns where weights are mapped from files that do not all fit
   * beside the rest.
   *
   * @throws IllegalStateException in one line with what is needed, what is free, and what would fit
   */
  public void requireRoom() {
    requireRoom(MemoryNeed::free);
  }

  /** {@link #requireRoom()} where {@code free} says what a device has. */
  void requireRoom(ToLongFunction<String> free) {
    Optional<String> shortage = shortage(free);
    if (shortage.isPresent()) {
      throw new IllegalStateException("this needs " + shortage.get());
    }
    need().pressed(free).ifPresent(LOG::warn);
  }

  /**
   * What is needed and what is free, and which options would make it fit, in one line; empty where
   * it fits.
   *
   * @param free bytes that are free on a device, such as {@code cpu}
   */
  public Optional<String> shortage(ToLongFunction<String> free) {
    MemoryNeed need = need();
    return need.fits(free)
        ? Optional.empty()
        : Optional.of(
            need.excess(free)
                + new MemoryAdvice(this, free).whatFits().map(text -> "; " + text).orElse(""));
  }
}
