package dev.dualprocess.flux;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rotary table of the size and text length used last; a run uses one. Owns it. */
final class RopeCache implements AutoCloseable {
  private final List<Integer> axesDims;
  private final Placement placement;
  private @Nullable LatentGrid grid;
  private long textLength;
  private @Nullable Rope rope;

  RopeCache(List<Integer> axesDims, Placement placement) {
    this.axesDims = axesDims;
    this.placement = placement;
  }

  /** The table of {@code textLength} text tokens and an image's tokens. */
  Rope rope(long textLength, LatentGrid grid) {
    if (rope == null || !grid.equals(this.grid) || textLength != this.textLength) {
      close();
      rope =
          new Rope(
              Memory.kept(
                  () ->
                      Memory.noGrad(
                          () -> {
                            var ids =
                                Rope.ids(Math.toIntExact(textLength), grid.rows(), grid.columns());
                            return Rope.of(ids, axesDims, placement).turns();
                          })));
      this.grid = grid;
      this.textLength = textLength;
    }
    return rope;
  }

  @Override
  public void close() {
    if (rope != null) {
      rope.turns().close();
      rope = null;
    }
  }
}
