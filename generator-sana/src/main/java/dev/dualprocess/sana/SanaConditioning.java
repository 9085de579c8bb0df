package dev.dualprocess.sana;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Sampling;

/**
 * A text as Sana sees it: behind the pipeline's instruction, and alone, as the authors' training
 * sees it. Owns both.
 */
final class SanaConditioning implements Conditioning {
  private final String text;
  private final GuidedText instructed;
  private final GuidedText plain;

  /** Takes ownership of both forms. */
  SanaConditioning(String text, GuidedText instructed, GuidedText plain) {
    this.text = text;
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

  /** The tensors behind {@code conditioning}. */
  static GuidedText of(Conditioning conditioning) {
    GuidedText form;
    if (conditioning instanceof SanaConditioning sana) {
      form = sana.instructed;
    } else if (conditioning instanceof View view) {
      form = view.form;
    } else {
      throw new IllegalArgumentException(
          "the conditioning of '"
              + conditioning.text()
              + "' was made by another kind of generator");
    }
    if (form.promptEmbeds().isNull()) {
      throw new IllegalStateException(
          "the conditioning of '" + conditioning.text() + "' is closed");
    }
    return form;
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
    instructed.close();
    plain.close();
  }
}
