package dev.dualprocess.sana;

import dev.dualprocess.tensor.Ops;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * What Gemma-2 is given for a text; in the scope of the caller.
 *
 * @param ids int64 [1, L]
 * @param mask int64 [1, L]: 1 for the text, 0 for the padding behind it
 */
record SanaTokens(Tensor ids, Tensor mask) {
  /** The first {@code count} ids are text. */
  static SanaTokens of(long[] ids, int count) {
    long[] mask = new long[ids.length];
    Arrays.fill(mask, 0, count, 1);
    return new SanaTokens(Ops.longs(ids, 1, ids.length), Ops.longs(mask, 1, mask.length));
  }

  /**
   * What the generator sees of x [1, L, ...]: the opening token and the last 299, [1, 300, ...].
   * Without an instruction that is all there is.
   */
  static Tensor kept(Tensor x) {
    long tail = SanaPrompt.LENGTH - 1L;
    return Ops.cat(1, x.narrow(1, 0, 1), x.narrow(1, x.size(1) - tail, tail));
  }
}
