package dev.dualprocess.vqa;

import dev.dualprocess.nn.DeepStack;
import dev.dualprocess.tensor.Finite;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * An image as the language model sees it.
 *
 * @param tokens its tokens, [image tokens, D], in the scope it was seen in
 * @param layout how they stand in a prompt
 * @param deepFeatures what is added to them behind the language model's first layers, each [image
 *     tokens, D]; empty where the family does not
 */
public record SeenImage(Tensor tokens, ImageLayout layout, List<Tensor> deepFeatures) {
  /** How many image tokens stand one after the other, as text does. */
  private record InLine(int tokens) implements ImageLayout {}

  /** The list is not changed afterwards. */
  public SeenImage {
    deepFeatures = List.copyOf(deepFeatures);
  }

  /** An image that is its tokens alone. */
  public SeenImage(Tensor tokens, ImageLayout layout) {
    this(tokens, layout, List.of());
  }

  /** Image tokens that stand one after the other, as text does. */
  public static SeenImage inLine(Tensor tokens) {
    return new SeenImage(tokens, new InLine(Math.toIntExact(tokens.size(0))));
  }

  /** What is added to its tokens, the first of which is token {@code first} of those read. */
  public DeepStack deepStack(long first) {
    return new DeepStack(first, deepFeatures);
  }

  /** Whether all of it is; looks at every number. */
  boolean isFinite() {
    return Finite.all(tokens) && deepFeatures.stream().allMatch(Finite::all);
  }

  /** How many tokens of the prompt the image takes. */
  public int imageTokens() {
    return layout.tokens();
  }
}
