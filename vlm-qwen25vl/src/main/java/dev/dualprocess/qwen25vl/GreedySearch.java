package dev.dualprocess.qwen25vl;

import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.util.Set;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The most probable next token, again and again, on a cache of keys and values. Call without
 * gradient: {@link #start} once, then {@link #advance} for every token taken.
 */
final class GreedySearch implements AutoCloseable {
  private final LanguageModel model;
  private final TextConfig config;
  private final Placement placement;
  private final long[] suppressed;
  private final KeyValueCache cache;
  private final LongStream.Builder found = LongStream.builder();
  private PromptPositions where;
  private int count;
  private long next;

  GreedySearch(LanguageModel model, TextConfig config, Placement placement, Set<Long> suppressed) {
    this.model = model;
    this.config = config;
    this.placement = placement;
    this.suppressed = suppressed.stream().mapToLong(Long::longValue).toArray();
    this.cache = new KeyValueCache(model.layers().size());
  }

  /** Reads the prompt with its image, tokens [image tokens, D]. */
  void start(PreparedPrompt prompt, Tensor tokens) {
    where = prompt.where();
    read(prompt.with(tokens), prompt.rope());
  }

  /** The token that comes next, not taken yet. */
  long next() {
    return next;
  }

  /** How many tokens were taken. */
  int count() {
    return count;
  }

  /** Takes the next token and reads it. */
  void advance() {
    found.add(next);
    count++;
    int at = where.length();
    where = new PromptPositions(at + 1, where.imageStart(), where.grid());
    Tensor id = placement.place(Ops.longs(new long[] {next}, 1));
    read(model.embedTokens().forward(id), where.rope(at, config, placement));
  }

  private void read(Tensor x, RotaryEmbedding rope) {
    Tensor h = model.hidden(x, rope, cache);
    Tensor logits = model.logits(h.narrow(0, x.size(0) - 1, 1));
    if (suppressed.length > 0) {
      Tensor never = placement.place(Ops.longs(suppressed, suppressed.length));
      logits = logits.index_fill(1, never, new Scalar(Double.NEGATIVE_INFINITY));
    }
    next = Ops.toLongs(logits.argmax())[0];
  }

  /** The tokens taken so far. */
  long[] found() {
    return found.build().toArray();
  }

  @Override
  public void close() {
    cache.close();
  }
}
