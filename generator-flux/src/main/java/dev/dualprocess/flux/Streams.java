package dev.dualprocess.flux;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.function.Supplier;
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

  /** Runs {@code body} in a scope of its own; its result belongs to the caller's scope. */
  static Streams scoped(Supplier<Streams> body) {
    Tensor[] kept =
        Memory.scopedAll(
            () -> {
              Streams s = body.get();
              return new Tensor[] {s.txt, s.img};
            });
    return new Streams(kept[0], kept[1]);
  }

  /** The two streams of {@code x} [B, Lt + Li, D], cut as {@code like} is. */
  static Streams cut(Tensor x, Streams like) {
    long text = like.txt.size(1);
    return new Streams(x.narrow(1, 0, text), x.narrow(1, text, x.size(1) - text));
  }
}
