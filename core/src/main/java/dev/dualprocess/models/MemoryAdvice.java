package dev.dualprocess.models;

import static java.util.stream.Collectors.joining;

import dev.dualprocess.recompute.Recompute;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Which changes to a plan would take less than it does, with figures; {@code free} by device. */
record MemoryAdvice(MemoryPlan plan, ToLongFunction<String> free) {
  private static final double WORTH_IT = 0.97;

  /**
   * All of them, each alone; empty if there is none. Where it was decided by free memory whether
   * blocks are computed again, it may have been decided against.
   */
  Optional<String> savings() {
    Map<Remedy, MemoryNeed> single = new LinkedHashMap<>();
    if (plan.rank().isPresent() && plan.drawing().recomputation().policy() == Recompute.AUTO) {
      single.put(Remedy.RECOMPUTE, Remedy.RECOMPUTE.applied(plan).need());
    }
    single.putAll(helpful());
    return single.isEmpty() ? Optional.empty() : Optional.of("less would take: " + list(single));
  }

  /** Those that would fit alone; else the fewest that do together; else what is least. */
  Optional<String> whatFits() {
    Map<Remedy, MemoryNeed> single = helpful();
    Map<Remedy, MemoryNeed> fitting = new LinkedHashMap<>(single);
    fitting.values().removeIf(need -> !need.fits(free));
    if (!fitting.isEmpty()) {
      return Optional.of("what would fit: " + list(fitting));
    }
    return single.isEmpty() ? Optional.empty() : Optional.of(together());
  }

  /** Of all there are, without those that the others make needless. */
  private String together() {
    List<Remedy> taken = new ArrayList<>(List.of(Remedy.values()));
    boolean enough = with(taken).fits(free);
    for (Remedy remedy : Remedy.values()) {
      List<Remedy> fewer = taken.stream().filter(other -> other != remedy).toList();
      MemoryNeed need = with(fewer);
      if (enough ? need.fits(free) : !isLess(with(taken), need)) {
        taken.remove(remedy);
      }
    }
    return "%s: %s (about %s)"
        .formatted(
            enough ? "what would fit" : "not even enough", joined(taken), with(taken).total());
  }

  private MemoryNeed with(List<Remedy> remedies) {
    MemoryPlan changed = plan;
    for (Remedy remedy : remedies) {
      changed = remedy.applied(changed);
    }
    return changed.need();
  }

  private Map<Remedy, MemoryNeed> helpful() {
    MemoryNeed before = plan.need();
    Map<Remedy, MemoryNeed> helpful = new LinkedHashMap<>();
    for (Remedy remedy : Remedy.values()) {
      MemoryNeed after = remedy.applied(plan).need();
      if (isLess(after, before)) {
        helpful.put(remedy, after);
      }
    }
    return helpful;
  }

  private static boolean isLess(MemoryNeed after, MemoryNeed before) {
    return before.devices().stream()
        .anyMatch(device -> after.bytes(device) < WORTH_IT * before.bytes(device));
  }

  private static String list(Map<Remedy, MemoryNeed> needs) {
    return needs.entrySet().stream()
        .map(entry -> "%s (about %s)".formatted(entry.getKey(), entry.getValue().total()))
        .collect(joining(", "));
  }

  private static String joined(List<Remedy> remedies) {
    return remedies.stream().map(Remedy::toString).collect(joining(" "));
  }
}
