package dev.dualprocess.flux;

import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.recompute.Branch;
import dev.dualprocess.recompute.Ending;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.List;
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

  /** Runs {@code body} in a scope of its own. */
  static Streams scoped(Supplier<Streams> body) {
    Tensor[] both =
        Memory.scopedAll(
            () -> {
              Streams s = body.get();
              return new Tensor[] {s.txt, s.img};
            });
    return new Streams(both[0], both[1]);
  }

  /** What one branch of a block makes of both streams, up to its last linear maps. */
  interface Body {
    Streams apply(Streams s, Modulation txt, Modulation img);
  }

  /** x ← x + gate ⊙ last(body(x)) for both streams, as {@link Blocks} run it. */
  Streams plus(Body body, Modulation txtMod, Modulation imgMod, Ending txtLast, Ending imgLast) {
    Tensor[] next =
        Blocks.residuals(
            List.of(Ending.NONE, Ending.NONE),
            in -> {
              Modulation ofTxt = new Modulation(in[2], in[3], in[4]);
              Modulation ofImg = new Modulation(in[5], in[6], in[7]);
              Streams y = body.apply(new Streams(in[0], in[1]), ofTxt, ofImg);
              return new Branch[] {ofTxt.gated(y.txt), ofImg.gated(y.img)};
            },
            List.of(txtLast, imgLast),
            txt,
            img,
            txtMod.shift(),
            txtMod.scale(),
            txtMod.gate(),
            imgMod.shift(),
            imgMod.scale(),
            imgMod.gate());
    return new Streams(next[0], next[1]);
  }

  /** The two streams of {@code x} [B, Lt + Li, D], cut as {@code like} is. */
  static Streams cut(Tensor x, Streams like) {
    Tensor[] parts = Ops.split(x, 1, like.txt.size(1), like.img.size(1));
    return new Streams(parts[0], parts[1]);
  }
}
