package dev.dualprocess.vqa;

import com.google.common.primitives.ImmutableLongArray;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.vqa.PreparedPrompt.Ropes;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * The language model's half of a vision-language model.
 *
 * <pre>
 *   x = [embedTokens(before); image tokens; embedTokens(after)]
 *   logits = lmHead(norm(layers(x)))
 * </pre>
 *
 * <p>What stands before the image is read once for each prompt: no token there sees the image.
 *
 * <p>Owns the prompts it has prepared, not the model.
 */
public final class PromptReader implements AutoCloseable {
  private final LanguageModel model;
  private final GenerationTokens generationTokens;
  private final ImageToken imageToken;
  private final Function<Positions, Ropes> turning;
  private final RecentCache<Key, PreparedPrompt> prompts = new RecentCache<>(PreparedPrompt::close);
  private final Lifetime lifetime = new Lifetime("this reader of prompts");

  /** What a prepared prompt depends on: its tokens, and the image's place and shape. */
  private record Key(ImmutableLongArray inputIds, ImageLayout layout) {}

  /** A reader of prompts with one image each. */
  PromptReader(
      LanguageModel model,
      GenerationTokens generationTokens,
      ImageToken imageToken,
      Function<Positions, Ropes> turning) {
    this.model = model;
    this.generationTokens = generationTokens;
    this.imageToken = imageToken;
    this.turning = turning;
  }

  /**
   * Logits at some positions of a prompt.
   *
   * @return [positions, vocabulary], in the caller's scope; gradient flows to the image's tokens
   * @throws IllegalArgumentException if the prompt is not of that image
   */
  public Tensor logits(long[] inputIds, long[] positions, SeenImage image) {
    PreparedPrompt prompt = prepared(inputIds, image);
    return Memory.scoped(
        () -> {
          Tensor x = prompt.following(image.tokens());
          Tensor h = model.hidden(x, prompt.rope(), prompt.before(), image.deepStack(0));
          return model.logits(prompt.whole(h), positions);
        });
  }

  /** Continuation as {@link VisionLanguageModel#generate} wants it. */
  public long[] generate(long[] inputIds, SeenImage image, Decoding decoding) {
    return generate(inputIds, image, decoding, generationTokens.never());
  }

  /** Continuation with other tokens never chosen than the model's generation_config.json says. */
  public long[] generate(
      long[] inputIds, SeenImage image, Decoding decoding, Set<Long> suppressed) {
    return Continuation.generate(
        model,
        prepared(inputIds, image),
        image,
        generationTokens.suppressing(suppressed),
        decoding);
  }

  /** The language model that reads, which belongs to whoever made this reader. */
  public LanguageModel model() {
    return model;
  }

  /** The tokens of no image, [0, D]. */
  public Tensor noTokens() {
    return model.embedTokens().weight().narrow(0, 0, 0);
  }

  /** What of a prompt does not depend on the image's content; owned by this reader. */
  public PreparedPrompt prepared(long[] inputIds, SeenImage image) {
    lifetime.requireOpen();
    ImageLayout layout = image.layout();
    return prompts.get(
        new Key(ImmutableLongArray.copyOf(inputIds), layout), () -> prepare(inputIds, layout));
  }

  private PreparedPrompt prepare(long[] inputIds, ImageLayout layout) {
    List<ImageSpan> spans = ImageSpan.all(inputIds, imageToken, layout.tokens(), layout.runs());
    Positions positions = layout.positions(spans.get(0).start());
    return PreparedPrompt.of(inputIds, spans, turning.apply(positions), model);
  }

  /** Frees the prepared prompts. */
  @Override
  public void close() {
    lifetime.close(prompts::close);
  }
}
