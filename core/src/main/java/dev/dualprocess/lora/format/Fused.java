package dev.dualprocess.lora.format;

import com.google.common.collect.ImmutableList;

/**
 * One layer of the original code and the layers of diffusers that it holds.
 *
 * @param name in the original code, such as {@code double_blocks.0.img_attn.qkv}
 * @param parts in diffusers, in the order of the rows
 * @param weave how they lie in it
 */
public record Fused(String name, ImmutableList<String> parts, Weave weave) {
  /** A layer that has no other name. */
  static Fused same(String name) {
    return new Fused(name, ImmutableList.of(name), Weave.SAME);
  }
}
