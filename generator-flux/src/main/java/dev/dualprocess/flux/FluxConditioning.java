package dev.dualprocess.flux;

import dev.dualprocess.Conditioning;
import dev.dualprocess.tensor.Memory;
import org.bytedeco.pytorch.Tensor;

/** A text as FLUX.1 sees it: every position of T5, and CLIP's one vector. Owns both. */
final class FluxConditioning implements Conditioning {
  private final String text;
  private final Tensor promptEmbeds; // [1, Lt, J]
  private final Tensor pooled; // [1, P]

  FluxConditioning(String text, Tensor promptEmbeds, Tensor pooled) {
    this.text = text;
    this.promptEmbeds = Memory.keep(new Tensor(promptEmbeds));
    this.pooled = Memory.keep(new Tensor(pooled));
  }

  /** The tensors behind {@code conditioning}. */
  static FluxConditioning of(Conditioning conditioning) {
    if (!(conditioning instanceof FluxConditioning flux)) {
      throw new IllegalArgumentException(
          "the conditioning of '"
              + conditioning.text()
              + "' was made by another kind of generator");
    }
    if (flux.promptEmbeds.isNull()) {
      throw new IllegalStateException("the conditioning of '" + flux.text + "' is closed");
    }
    return flux;
  }

  @Override
  public String text() {
    return text;
  }

  /** T5's hidden states, [1, Lt, J]. */
  Tensor promptEmbeds() {
    return promptEmbeds;
  }

  /** CLIP's hidden state at the end of the text, [1, P]. */
  Tensor pooled() {
    return pooled;
  }

  @Override
  public void close() {
    promptEmbeds.close();
    pooled.close();
  }
}
