package dev.dualprocess.flux;

import dev.dualprocess.tensor.CachedTensors;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rotary tables of the sizes and text lengths used lately; a run uses one. Owns them.
 * Thread-safe.
 */
final class RopeCache implements AutoCloseable {
  private static final int MOST = 16;

  private final List<Integer> axesDims;
  private final Placement placement;
  private final Map<Asked, Rope> ropes = new LinkedHashMap<>();

  private record Asked(long textLength, LatentGrid grid) {}

  RopeCache(List<Integer> axesDims, Placement placement) {
    this.axesDims = axesDims;
    this.placement = placement;
  }

  /** The table of {@code textLength} text tokens and an image's tokens. */
  synchronized Rope rope(long textLength, LatentGrid grid) {
    if (ropes.size() == MOST && !ropes.containsKey(new Asked(textLength, grid))) {
      CachedTensors.freed();
      ropes.clear(); // somebody may be using one: the garbage collector sees when nobody does
    }
    return ropes.computeIfAbsent(new Asked(textLength, grid), this::table);
  }

  private Rope table(Asked asked) {
    return new Rope(
        Memory.kept(
            () ->
                Memory.noGrad(
                    () -> {
                      LatentGrid grid = asked.grid();
                      var ids =
                          Rope.ids(
                              Math.toIntExact(asked.textLength()), grid.rows(), grid.columns());
                      return Rope.of(ids, axesDims, placement).turns();
                    })));
  }

  @Override
  public synchronized void close() {
    ropes.values().forEach(rope -> rope.turns().close());
    ropes.clear();
  }
}
