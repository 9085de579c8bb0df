package dev.dualprocess.smolvlm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.dualprocess.VqaSettings;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.testing.VlmContract;
import dev.dualprocess.vqa.Look;
import dev.dualprocess.vqa.VqaVerifier;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

/** The model as a verifier, and its two ways of looking at a picture. */
class SmolVlmTest extends VlmContract {
  SmolVlmTest() {
    super(new SmolVlmFamily());
  }

  private double loss(BufferedImage picture, Look look) {
    VqaVerifier verifier = verifier();
    return verifier.assess(picture, look, QUESTIONS, VqaSettings.DEFAULT).get(0).loss();
  }

  @Test
  void aPictureIsSeenAsAWholeUnlessSomebodyLooksClosely() {
    BufferedImage picture = Memory.freeing(() -> Pixels.toImage(image(5, 7)));
    double whole = loss(picture, Look.WHOLE);
    double tiles = loss(picture, Look.IN_TILES);
    assertNotEquals(whole, tiles);
    assertEquals(whole, verifier().assess(picture, QUESTIONS, VqaSettings.DEFAULT).get(0).loss());
    assertEquals(
        whole, loss(picture, Look.WHOLE), "what is kept of the tiles' prompt changes none");
    assertEquals(tiles, loss(picture, Look.IN_TILES));
  }

  /** What is said of a picture in training is what is said of its file. */
  @Test
  void bothWaysOfShowingAWholeAgree() {
    BufferedImage picture = Memory.freeing(() -> Pixels.toImage(image(5, 7)));
    double fromFile = loss(picture, Look.WHOLE);
    double inTraining =
        Memory.freeing(
            () ->
                verifier()
                    .assess(Pixels.toTensor(picture), QUESTIONS, VqaSettings.DEFAULT)
                    .get(0)
                    .loss());
    assertEquals(fromFile, inTraining, 0.01 * fromFile);
  }
}
