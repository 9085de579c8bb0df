package dev.dualprocess.lora.format;

import dev.dualprocess.tensor.Ops;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/** How the layers of diffusers lie in one layer of the original code. */
public enum Weave {
  /** One layer is the other. */
  SAME {
    @Override
    long[] widths(LowRank whole, int parts) {
      return new long[] {whole.out()};
    }
  },
  /**
   * One layer is the other with the halves of its rows swapped: (shift, scale) to (scale, shift).
   */
  HALVES_SWAPPED {
    @Override
    long[] widths(LowRank whole, int parts) {
      return new long[] {whole.out()};
    }

    @Override
    LowRank swapped(LowRank one) {
      Tensor[] halves = Ops.chunk(one.b(), 2, 0);
      return new LowRank(one.a(), Ops.cat(0, halves[1], halves[0]), one.scale());
    }
  },
  /** Rows one after the other, all of the same number. */
  EQUAL_ROWS {
    @Override
    long[] widths(LowRank whole, int parts) {
      long[] widths = new long[parts];
      Arrays.fill(widths, whole.out() / parts);
      return widths;
    }
  },
  /** Queries, keys and values as wide as what they read, then an MLP of four times that. */
  QKV_THEN_MLP {
    @Override
    long[] widths(LowRank whole, int parts) {
      long in = whole.in();
      return new long[] {in, in, in, whole.out() - 3 * in};
    }

    @Override
    long missing(LowRank sibling, int part) {
      return part == 3 ? MLP_RATIO * sibling.in() : sibling.in();
    }
  };

  private static final int MLP_RATIO = 4;

  /** The rows of each part of the whole. */
  abstract long[] widths(LowRank whole, int parts);

  /** The rows of a part that has no LoRA, where a sibling has one. */
  long missing(LowRank sibling, int part) {
    return sibling.out();
  }

  /** The same change in the other order of rows; twice is nothing. */
  LowRank swapped(LowRank one) {
    return one;
  }
}
