package dev.dualprocess.flux;

import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Ops;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * Text and image tokens, side by side.
 *
 * @param txt [B, Lt, D]
 * @param img [B, Li, D]
 */
record Streams(Tensor txt, Tensor img) {
  /** All tokens, text first: [B, Lt + Li, D]. */
  Tensor joined() {
    return Ops.cat(1, txt, img);
  }

  /** block(s, c), as {@link Blocks} run it. */
  static Streams run(BiFunction<Streams, Tensor, Streams> block, Streams s, Tensor c) {
    Tensor[] next =
        Blocks.runAll(
            in -> {
              Streams y = block.apply(new Streams(in[0], in[1]), in[2]);
              return new Tensor[] {y.txt, y.img};
            },
            s.txt,
            s.img,
            c);
    return new Streams(next[0], next[1]);
  }

  /** The two streams of {@code x} [B, Lt + Li, D], cut as {@code like} is. */
  static Streams cut(Tensor x, Streams like) {
    Tensor[] parts = Ops.split(x, 1, like.txt.size(1), like.img.size(1));
    return new Streams(parts[0], parts[1]);
  }
}
