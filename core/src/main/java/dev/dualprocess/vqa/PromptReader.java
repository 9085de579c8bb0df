package dev.dualprocess.vqa;

import com.google.common.primitives.ImmutableLongArray;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.vqa.PreparedPrompt.Positions;
import java.util.Set;
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
 *
 * @param <V> an image as the family's vision tower sees it
 */
public final class PromptReader<V extends SeenImage> implements AutoCloseable {
  private final LanguageModel model;
  private final GenerationTokens generationTokens;
  private final ImageToken imageToken;
  private final Placing<V> placing;
  private final RecentCache<Key, PreparedPrompt> prompts = new RecentCache<>(PreparedPrompt::close);

  /**
   * Holds the place of one of an image's tokens in a prompt.
   *
   * @param id as a number
   * @param text as it is written, for messages
   */
  public record ImageToken(long id, String text) {}

  /** Where a family of models has the tokens of a prompt stand. */
  @FunctionalInterface
  public interface Placing<V> {
    /** For a prompt that holds {@code view} at {@code image}. */
    Positions positions(ImageSpan image, V view);
  }

  /** What a prepared prompt depends on. */
  private record Key(ImmutableLongArray inputIds, Object layout) {}

  /** A reader of prompts with one image each. */
  public PromptReader(
      LanguageModel model,
      GenerationTokens generationTokens,
      ImageToken imageToken,
      Placing<V> placing) {
    this.model = model;
    this.generationTokens = generationTokens;
    this.imageToken = imageToken;
    this.placing = placing;
  }

  /**
   * Logits at some positions of a prompt.
   *
   * @return [positions, vocabulary], in the caller's scope; gradient flows to the image's tokens
   * @throws IllegalArgumentException if the prompt is not of that image
   */
  public Tensor logits(long[] inputIds, long[] positions, V view) {
    PreparedPrompt prompt = prepared(inputIds, view);
    return Memory.scoped(
        () -> {
          Tensor h = model.hidden(prompt.following(view.tokens()), prompt.rope(), prompt.before());
          return model.logits(prompt.whole(h), positions);
        });
  }

  /** Continuation as {@link VisionLanguageModel#generate} wants it. */
  public long[] generate(long[] inputIds, V view, Decoding decoding) {
    return generate(inputIds, view, decoding, generationTokens.never());
  }

  /** The same with other tokens that are never chosen. */
  public long[] generate(long[] inputIds, V view, Decoding decoding, Set<Long> suppressed) {
    return Continuation.generate(
        model,
        prepared(inputIds, view),
        view.tokens(),
        generationTokens.suppressing(suppressed),
        decoding);
  }

  /** The language model. */
  public LanguageModel model() {
    return model;
  }

  /** The tokens of no image, [0, D]. */
  public Tensor noTokens() {
    return model.embedTokens().weight().narrow(0, 0, 0);
  }

  /** What of a prompt does not depend on the image's content; owned by this reader. */
  public PreparedPrompt prepared(long[] inputIds, V view) {
    PreparedPrompt prompt =
        prompts.get(
            new Key(ImmutableLongArray.copyOf(inputIds), view.layout()),
            () -> {
              ImageSpan image =
                  ImageSpan.of(inputIds, imageToken.id(), imageToken.text(), view.imageTokens());
              return PreparedPrompt.of(inputIds, image, placing.positions(image, view), model);
            });
    return prompt;
  }

  /** Frees the prepared prompts. */
  @Override
  public void close() {
    prompts.close();
  }
}
