package dev.dualprocess.vqa;

import dev.dualprocess.nn.KeyValueCache;
import dev.dualprocess.nn.KeysValues;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.TensorOwner;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * What of a prompt does not depend on the image's content: all that the language model makes of the
 * text before the image, the embeddings of the text after it, and where its tokens stand. Owns its
 * tensors.
 */
public final class PreparedPrompt implements AutoCloseable {
  private final TensorOwner owner = new TensorOwner();
  private final Lifetime lifetime = new Lifetime("this prepared prompt");
  private final int length;
  private final Ropes ropes;
  private final List<KeysValues> before; // of each layer; empty if the image comes first
  private final Tensor hiddenBefore; // [start of the image, D]
  private final List<Tensor>
      after; // each run of the image's tokens: the text up to the next, [.., D]
  private final long[] runs; // how long each run is
  private final RotaryEmbedding rope; // [length - start of the image, d]

  /** Turns the tokens of one prompt, and of what is generated after it. */
  @FunctionalInterface
  interface Ropes {
    /** The rotary embedding of the tokens from {@code first} to before {@code end}. */
    RotaryEmbedding rope(int first, int end);
  }

  private PreparedPrompt(Tensor text, List<ImageSpan> image, Ropes ropes, LanguageModel model) {
    this.length = Math.toIntExact(text.size(0));
    this.ropes = ropes;
    int first = image.get(0).start();
    Tensor start = text.narrow(0, 0, first);
    if (first == 0) {
      before = List.of();
      hiddenBefore = owner.own(start);
    } else {
      try (KeyValueCache cache = new KeyValueCache(model.layers().size())) {
        RotaryEmbedding turn = ropes.rope(0, first);
        hiddenBefore = owner.own(model.hidden(start, turn, cache));
        before = cache.read().stream().map(this::owned).toList();
      }
    }
    runs = image.stream().mapToLong(ImageSpan::length).toArray();
    after =
        IntStream.range(0, runs.length)
            .mapToObj(i -> owner.own(textAfter(image, i, text)))
            .toList();
    RotaryEmbedding turn = ropes.rope(first, length);
    rope = new RotaryEmbedding(owner.own(turn.cos()), owner.own(turn.sin()));
  }

  /** The text between one run of the image's tokens and the next, or behind the last. */
  private Tensor textAfter(List<ImageSpan> image, int run, Tensor text) {
    int from = image.get(run).end();
    int to = run + 1 < image.size() ? image.get(run + 1).start() : length;
    return text.narrow(0, from, to - from);
  }

  private KeysValues owned(KeysValues some) {
    return new KeysValues(owner.own(some.keys()), owner.own(some.values()));
  }

  /** Embeds the text of a prompt and reads what stands before the image; the caller closes it. */
  static PreparedPrompt of(
      long[] inputIds, List<ImageSpan> image, Ropes ropes, LanguageModel model) {
    PreparedPrompt[] made = new PreparedPrompt[1];
    Memory.withoutGrad(
        () -> {
          Tensor ids = Ops.longs(inputIds, inputIds.length);
          made[0] = new PreparedPrompt(model.embedTokens().forward(ids), image, ropes, model);
        });
    return made[0];
  }

  /** What each layer knows of the text before the image; empty if there is none. */
  List<KeysValues> before() {
    lifetime.requireOpen();
    return before;
  }

  /** What follows that text: image tokens [image tokens, D] to x [length - before, D]. */
  Tensor following(Tensor imageTokens) {
    lifetime.requireOpen();
    Tensor[] parts = new Tensor[2 * runs.length];
    Tensor[] seen = Ops.split(imageTokens, 0, runs);
    for (int i = 0; i < runs.length; i++) {
      parts[2 * i] = seen[i];
      parts[2 * i + 1] = after.get(i);
    }
    return Ops.cat(0, parts);
  }

  /** The rotary embedding of what follows that text; cos and sin [length - before, d]. */
  public RotaryEmbedding rope() {
    lifetime.requireOpen();
    return rope;
  }

  /** The last hidden states of all tokens, [length, D], given those of what follows. */
  Tensor whole(Tensor hiddenFollowing) {
    lifetime.requireOpen();
    return Ops.cat(0, hiddenBefore, hiddenFollowing);
  }

  /** How many tokens it has, the image's included. */
  int length() {
    return length;
  }

  /**
   * The rotary embedding of the tokens from {@code first} to before {@code end}, which may lie
   * behind the prompt; in the caller's scope.
   */
  public RotaryEmbedding rope(int first, int end) {
    lifetime.requireOpen();
    return ropes.rope(first, end);
  }

  @Override
  public void close() {
    lifetime.close(owner::close);
  }
}
