package dev.dualprocess.vqa;

import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.TensorOwner;
import org.bytedeco.pytorch.Tensor;

/**
 * What of a prompt does not depend on the image's content: the embeddings of its text and where its
 * tokens stand. Owns its tensors.
 */
public final class PreparedPrompt implements AutoCloseable {
  private final TensorOwner owner = new TensorOwner();
  private final int length;
  private final Positions positions;
  private final Tensor before; // [start of the image, D]
  private final Tensor after; // [length - end of the image, D]
  private final RotaryEmbedding rope; // [length, d]

  /** Where the tokens of one prompt, and of what is generated after it, stand. */
  @FunctionalInterface
  public interface Positions {
    /** The rotary embedding of the tokens from {@code first} to before {@code end}. */
    RotaryEmbedding rope(int first, int end);
  }

  private PreparedPrompt(Tensor text, ImageSpan image, Positions positions) {
    this.length = Math.toIntExact(text.size(0));
    this.positions = positions;
    before = owner.own(text.narrow(0, 0, image.start()));
    after = owner.own(text.narrow(0, image.end(), length - image.end()));
    RotaryEmbedding turn = positions.rope(0, length);
    rope = new RotaryEmbedding(owner.own(turn.cos()), owner.own(turn.sin()));
  }

  /** Embeds the text of a prompt; the caller closes it. */
  public static PreparedPrompt of(
      long[] inputIds, ImageSpan image, Positions positions, LanguageModel model) {
    PreparedPrompt[] made = new PreparedPrompt[1];
    Memory.withoutGrad(
        () -> {
          Tensor ids = Ops.longs(inputIds, inputIds.length);
          made[0] = new PreparedPrompt(model.embedTokens().forward(ids), image, positions);
        });
    return made[0];
  }

  /** Text and image together: image tokens [image tokens, D] to x [length, D]. */
  public Tensor with(Tensor imageTokens) {
    return Ops.cat(0, before, imageTokens, after);
  }

  /** How many tokens it has, the image's included. */
  public int length() {
    return length;
  }

  /** The rotary embedding of all its tokens; cos and sin [length, d]. */
  public RotaryEmbedding rope() {
    return rope;
  }

  /** That of one token by its index, which may lie behind the prompt; in the caller's scope. */
  RotaryEmbedding ropeAt(int index) {
    return positions.rope(index, index + 1);
  }

  @Override
  public void close() {
    owner.close();
  }
}
