package dev.dualprocess.vqa;

import dev.dualprocess.nn.DeepStack;
import dev.dualprocess.nn.KeyValueCache;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** The next token, again and again, on a cache of keys and values. */
final class Continuation implements AutoCloseable {
  private final LanguageModel model;
  private final PreparedPrompt prompt;
  private final long[] never;
  private final NextToken choice;
  private final KeyValueCache cache;
  private final LongStream.Builder found = LongStream.builder();
  private int count;
  private long next;

  private Continuation(
      LanguageModel model, PreparedPrompt prompt, GenerationTokens tokens, Decoding decoding) {
    this.model = model;
    this.prompt = prompt;
    long ids = model.embedTokens().weight().size(0);
    this.never =
        tokens.never().stream()
            .mapToLong(Long::longValue)
            .filter(id -> id >= 0 && id < ids)
            .toArray();
    this.choice = new NextToken(decoding.temperature(), decoding.seed());
    this.cache = KeyValueCache.after(prompt.before(), model.layers().size());
  }

  /**
   * Continues a prompt, without gradient, up to an end or stop token or {@code maxNewTokens}.
   *
   * @param image what the model sees in the place of the image
   * @return the new tokens, end token left out
   */
  static long[] generate(
      LanguageModel model,
      PreparedPrompt prompt,
      SeenImage image,
      GenerationTokens tokens,
      Decoding decoding) {
    try (Continuation search = new Continuation(model, prompt, tokens, decoding)) {
      Memory.withoutGrad(() -> search.start(image));
      while (search.count < decoding.maxNewTokens()
          && !tokens.end().contains(search.next)
          && !decoding.stop().contains(search.next)) {
        Memory.withoutGrad(search::advance);
      }
      return search.found.build().toArray();
    }
  }

  /** Reads the prompt from the image on. */
  private void start(SeenImage image) {
    read(prompt.following(image.tokens()), prompt.rope(), image.deepStack(0));
  }

  /** Takes the next token and reads it. */
  private void advance() {
    found.add(next);
    int at = prompt.length() + count;
    count++;
    Tensor id = Ops.longs(new long[] {next}, 1);
    read(model.embedTokens().forward(id), prompt.rope(at, at + 1), DeepStack.NONE);
  }

  private void read(Tensor x, RotaryEmbedding rope, DeepStack deepStack) {
    Tensor logits = model.logits(model.hidden(x, rope, cache, deepStack), x.size(0) - 1);
    if (never.length > 0) {
      Tensor index = Ops.longs(never, never.length);
      logits =
          logits.index_fill(
              1,
              index.to(logits.device(), index.scalar_type()),
              new Scalar(Double.NEGATIVE_INFINITY));
    }
    next = choice.choose(Ops.toFloats(logits));
  }

  @Override
  public void close() {
    cache.close();
  }
}
