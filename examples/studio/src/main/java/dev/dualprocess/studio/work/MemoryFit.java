package dev.dualprocess.studio.work;

import dev.dualprocess.Generator;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.models.MemoryNeed;
import dev.dualprocess.models.MemoryNeed.During;
import dev.dualprocess.models.MemoryPlan;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.studio.StudioSettings;
import dev.dualprocess.tensor.FreeMemory;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Whether a pair of models can be taught with on this machine, opened as the studio opens them.
 *
 * @param settings how they are opened
 * @param open the models that are open now, which make room for others
 * @param free bytes that are free on a device now
 */
public record MemoryFit(
    StudioSettings settings, Supplier<Needs> open, ToLongFunction<String> free) {
  /** Judges by what is free when it is asked. */
  public MemoryFit(StudioSettings settings, Supplier<Needs> open) {
    this(settings, open, device -> FreeMemory.bytes(Placement.on(device)));
  }

  /**
   * What was found, in words.
   *
   * @param fits whether there is room
   * @param text what is needed, and which options would make it fit where there is none
   */
  public record Verdict(boolean fits, String text) {}

  /** A training of a LoRA of that rank with those models on images of that size. */
  public Verdict of(Needs models, Optional<ImageSize> size, int rank) throws IOException {
    MemoryPlan plan = plan(models, size, OptionalInt.of(rank));
    return shortage(plan)
        .map(shortage -> new Verdict(false, "needs " + shortage))
        .orElseGet(() -> new Verdict(true, "fits this machine" + about(plan.need())));
  }

  /**
   * Refuses a picture of that size.
   *
   * @throws IOException in one line with what is needed and what is free, where there is no room
   */
  public void requireRoom(String generator, ImageSize size) throws IOException {
    Optional<String> shortage =
        shortage(plan(Needs.generator(generator), Optional.of(size), OptionalInt.empty()));
    if (shortage.isPresent()) {
      throw new IOException("a picture of %s needs %s".formatted(size, shortage.get()));
    }
  }

  private Optional<String> shortage(MemoryPlan plan) throws IOException {
    MemoryPlan opened = plan(open.get(), Optional.empty(), OptionalInt.empty());
    return plan.shortage(device -> free.applyAsLong(device) + weights(opened, device));
  }

  private static String about(MemoryNeed need) {
    return need.devices().isEmpty() ? "" : ": needs about " + need.total();
  }

  private MemoryPlan plan(Needs models, Optional<ImageSize> size, OptionalInt rank)
      throws IOException {
    Optional<ModelSource<Generator>> generator =
        models.generator().isPresent()
            ? Optional.of(ModelSource.generator(models.generator().get()))
            : Optional.empty();
    return new MemoryPlan(
        generator,
        settings.drawing(),
        models.verifiers().isEmpty() ? List.of() : ModelSource.verifiers(models.verifiers()),
        settings.looking(),
        size,
        rank);
  }

  /** What models that are open hold all the time. */
  private static long weights(MemoryPlan opened, String device) {
    return opened.need().items().stream()
        .filter(item -> item.device().equals(device) && item.during() != During.TEXT)
        .filter(item -> !item.what().equals("activations"))
        .mapToLong(item -> item.bytes())
        .sum();
  }
}
