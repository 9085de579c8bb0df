package dev.dualprocess.flux;

import dev.dualprocess.tensor.Ops;
import org.bytedeco.pytorch.Tensor;

/**
 * Text and image tokens, side by side.
 *
 * @param txt [B, Lt, D]
 * @param img [B, Li, D]
 */
record Streams(Tensor txt, Tensor img) {
  /** Text, then image, as a block takes its inputs. */
  Tensor[] both() {
    return new Tensor[] {txt, img};
  }

  /** All tokens, text first: [B, Lt + Li, D]. */
  Tensor joined() {
    return Ops.cat(1, txt, img);
  }

  /** The two streams of {@code x} [B, Lt + Li, D], cut as {@code like} is. */
  static Streams cut(Tensor x, Streams like) {
    Tensor[] parts = Ops.split(x, 1, like.txt.size(1), like.img.size(1));
    return new Streams(parts[0], parts[1]);
  }
}
