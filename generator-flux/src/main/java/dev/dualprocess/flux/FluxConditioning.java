package dev.dualprocess.flux;

import dev.dualprocess.Conditioning;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/** A text as FLUX.1 sees it: every position of T5, and CLIP's one vector. Owns both. */
final class FluxConditioning implements Conditioning {
  private final String text;
  private final Tensor promptEmbeds; // [1, Lt, J]
  private final Tensor pooled; // [1, P]
  private final Lifetime lifetime;

  FluxConditioning(String text, Tensor promptEmbeds, Tensor pooled) {
    this.text = text;
    this.lifetime = new Lifetime("the conditioning of '" + text + "'");
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
    return flux;
  }

  /** Runs {@code body}, which reads the tensors, while nobody can free them. */
  Tensor reading(Supplier<Tensor> body) {
    return lifetime.sharing(body);
  }

  @Override
  public String text() {
    return text;
  }

  /** T5's hidden states, [1, Lt, J]. */
  Tensor promptEmbeds() {
    lifetime.requireOpen();
    return promptEmbeds;
  }

  /** CLIP's hidden state at the end of the text, [1, P]. */
  Tensor pooled() {
    lifetime.requireOpen();
    return pooled;
  }

  @Override
  public void close() {
    lifetime.close(
        () -> {
          promptEmbeds.close();
          pooled.close();
        });
  }
}
