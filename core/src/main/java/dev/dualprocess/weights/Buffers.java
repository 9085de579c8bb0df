package dev.dualprocess.weights;

import java.util.regex.Pattern;

/**
 * Tables that a model computes of its config, which older versions of transformers stored beside
 * the weights: rotary frequencies, and the numbers 0, 1, 2 ... of positions.
 */
final class Buffers {
  private static final Pattern NAME =
      Pattern.compile("(.*\\.)?(rotary(_pos)?_emb\\.(original_)?inv_freq|position_ids)");

  private Buffers() {}

  /** Whether a tensor of that name is one. */
  static boolean isOne(String name) {
    return NAME.matcher(name).matches();
  }
}
