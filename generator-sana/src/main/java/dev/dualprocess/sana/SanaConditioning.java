package dev.dualprocess.sana;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Sampling;
import dev.dualprocess.tensor.Lifetime;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * A text as Sana sees it: behind the pipeline's instruction, and alone, as the authors' training
 * sees it. Owns both.
 */
final class SanaConditioning implements Conditioning {
  private final String text;
  private final GuidedText instructed;
  private final GuidedText plain;
  private final Lifetime lifetime;

  /** Takes ownership of both forms. */
  SanaConditioning(String text, GuidedText instructed, GuidedText plain) {
    this.text = text;
    this.lifetime = new Lifetime("the conditioning of '" + text + "'");
    this.instructed = instructed;
    this.plain = plain;
  }

  /** One form of the conditioning's text; the conditioning owns it. */
  private record View(SanaConditioning whole, GuidedText form) implements Conditioning {
    @Override
    public String text() {
      return whole.text;
    }

    @Override
    public void close() {
      // The conditioning that this is a view of frees the tensors.
    }
  }

  /** Runs {@code body} on the tensors behind {@code conditioning}, while nobody can free them. */
  static Tensor reading(Conditioning conditioning, Function<GuidedText, Tensor> body) {
    if (conditioning instanceof SanaConditioning sana) {
      return sana.lifetime.sharing(() -> body.apply(sana.instructed));
    }
    if (conditioning instanceof View view) {
      return view.whole.lifetime.sharing(() -> body.apply(view.form));
    }
    throw new IllegalArgumentException(
        "the conditioning of '" + conditioning.text() + "' was made by another kind of generator");
  }

  @Override
  public String text() {
    return text;
  }

  /** The authors train on the text alone, and draw with the instruction. */
  @Override
  public Conditioning forTraining(Sampling sampling) {
    return sampling.shift() == Sampling.Shift.STATIC ? new View(this, plain) : this;
  }

  @Override
  public void close() {
    lifetime.close(
        () -> {
          instructed.close();
          plain.close();
        });
  }
}
