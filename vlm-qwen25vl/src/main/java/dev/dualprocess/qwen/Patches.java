package dev.dualprocess.qwen;

import org.bytedeco.pytorch.Tensor;

/** Pixels as the vision tower takes them: the patches of each image token side by side. */
public final class Patches {
  private Patches() {}

  /** pixels [B, 3, H, W] to [B N, C T p p], token by token in row-major order. */
  public static Tensor of(Tensor pixels, Grid grid, PatchShape shape) {
    long p = shape.patchSize();
    long m = grid.merge();
    long frames = shape.temporalPatchSize();
    long rows = grid.tokenRows();
    long columns = grid.tokenColumns();
    long batch = pixels.size(0);
    Tensor squares =
        pixels
            .view(batch, 3, rows, m, p, columns, m, p)
            .permute(0, 2, 5, 3, 6, 1, 4, 7) // [B, rows, columns, m, m, C, p, p]
            .unsqueeze(6)
            .expand(batch, rows, columns, m, m, 3, frames, p, p);
    return squares.reshape(batch * grid.patches(), 3 * frames * p * p);
  }
}
