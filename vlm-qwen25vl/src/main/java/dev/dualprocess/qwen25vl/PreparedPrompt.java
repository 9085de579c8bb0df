package dev.dualprocess.qwen25vl;

import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import org.bytedeco.pytorch.Tensor;

/**
 * What of a prompt does not depend on the image's content: the embeddings of its text and where its
 * tokens stand. Owns its tensors.
 */
final class PreparedPrompt implements AutoCloseable {
  private final TensorOwner owner = new TensorOwner();
  private final PromptPositions where;
  private final Tensor before; // [imageStart, D]
  private final Tensor after; // [L - imageStart - image tokens, D]
  private final RotaryEmbedding rope; // [L, d]

  private PreparedPrompt(
      Tensor text, PromptPositions where, TextConfig config, Placement placement) {
    this.where = where;
    int end = where.imageStart() + where.grid().tokens();
    before = owner.own(text.narrow(0, 0, where.imageStart()));
    after = owner.own(text.narrow(0, end, where.length() - end));
    RotaryEmbedding turn = where.rope(0, config, placement);
    rope = new RotaryEmbedding(owner.own(turn.cos()), owner.own(turn.sin()));
  }

  /** Embeds the text of a prompt; the caller closes it. */
  static PreparedPrompt of(
      long[] inputIds,
      PromptPositions where,
      LanguageModel model,
      TextConfig config,
      Placement placement) {
    PreparedPrompt[] made = new PreparedPrompt[1];
    Memory.withoutGrad(
        () -> {
          Tensor ids = placement.place(Ops.longs(inputIds, inputIds.length));
          made[0] = new PreparedPrompt(model.embedTokens().forward(ids), where, config, placement);
        });
    return made[0];
  }

  /** Text and image together: tokens [image tokens, D] to x [L, D]. */
  Tensor with(Tensor tokens) {
    return Ops.cat(0, before, tokens, after);
  }

  PromptPositions where() {
    return where;
  }

  RotaryEmbedding rope() {
    return rope;
  }

  @Override
  public void close() {
    owner.close();
  }
}
