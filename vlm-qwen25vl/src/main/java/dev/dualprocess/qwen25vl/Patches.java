package dev.dualprocess.qwen25vl;

import org.bytedeco.pytorch.Tensor;

/**
 * An image as the vision tower takes it.
 *
 * @param pixels normalised, fp32 [N, C T p p]: the patches of each square side by side, squares in
 *     row-major order; in the scope it was made in
 * @param grid how the N patches lie
 */
record Patches(Tensor pixels, Grid grid) {}
