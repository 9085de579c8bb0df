package dev.dualprocess.sana;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * A text, and before it the one that guidance leads away from, where there is one; owns both
 * tensors.
 *
 * @param promptEmbeds hidden states of the text encoder, [1 or 2, Lt, J]
 * @param mask int64 [1 or 2, Lt]: 1 where there is text
 */
record GuidedText(Tensor promptEmbeds, Tensor mask) implements AutoCloseable {
  /** Of texts, the last of them the text itself, without the positions that none of them uses. */
  static GuidedText of(List<SanaText> texts) {
    Tensor[] both = new Tensor[2];
    Memory.withoutGrad(
        () -> {
          Tensor mask = Ops.cat(0, all(texts, SanaText::mask));
          Tensor embeds = Ops.cat(0, all(texts, SanaText::promptEmbeds));
          long used = used(Ops.toLongs(mask), mask.size(1));
          both[0] = Memory.kept(() -> embeds.narrow(1, 0, used).clone());
          both[1] = Memory.kept(() -> mask.narrow(1, 0, used).clone());
        });
    return new GuidedText(both[0], both[1]);
  }

  private static Tensor[] all(List<SanaText> texts, Function<SanaText, Tensor> part) {
    return texts.stream().map(part).toArray(Tensor[]::new);
  }

  /** Positions up to the last that the mask shows in any row; at least one. */
  private static long used(long[] mask, long length) {
    long used = 1;
    for (int i = 0; i < mask.length; i++) {
      used = mask[i] == 0 ? used : Math.max(used, i % length + 1);
    }
    return used;
  }

  /** The model's texts for {@code batch} images: [B or 2 B, Lt, J], the empty ones first. */
  Tensor embeds(long batch, boolean guided) {
    return rows(promptEmbeds, batch, guided);
  }

  /** The masks of {@link #embeds}. */
  Tensor masks(long batch, boolean guided) {
    return rows(mask, batch, guided);
  }

  private static Tensor rows(Tensor both, long batch, boolean guided) {
    Tensor rows = guided ? both : both.narrow(0, both.size(0) - 1, 1);
    return batch == 1
        ? rows
        : rows.repeat_interleave(batch, new LongOptional(0), new LongOptional());
  }

  @Override
  public void close() {
    promptEmbeds.close();
    mask.close();
  }
}
