package dev.dualprocess.vqa;

import dev.dualprocess.Assessment;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.NotFiniteException;
import java.awt.image.BufferedImage;
import java.util.List;

/** Asks any verifier about a picture of 8 bits. */
public final class Asking {
  private Asking() {}

  /**
   * What a verifier says to a question about a picture. A vision-language model takes the picture
   * as its own processor does, others as an image of values from -1 to 1.
   *
   * @param look how a vision-language model looks at it
   * @throws NotFiniteException in one line, if the verifier returns what is no number
   */
  public static Assessment assess(
      Verifier verifier,
      BufferedImage picture,
      Look look,
      Question question,
      VqaSettings settings) {
    List<Question> asked = List.of(question);
    Assessment said =
        verifier instanceof VqaVerifier vqa
            ? vqa.assess(picture, look, asked, settings).get(0)
            : Memory.freeing(
                () -> verifier.assess(Pixels.toTensor(picture), asked, settings).get(0));
    if (!Double.isFinite(said.loss()) || !Double.isFinite(said.probability())) {
      throw new NotFiniteException(
          "verifier '%s' returned the loss %s and the probability %s: both must be finite numbers"
              .formatted(verifier.name(), said.loss(), said.probability()));
    }
    return said;
  }
}
