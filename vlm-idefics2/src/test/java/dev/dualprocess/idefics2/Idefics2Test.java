package dev.dualprocess.idefics2;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dualprocess.Question;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.testing.VlmContract;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** The model as a verifier, and its limits. */
class Idefics2Test extends VlmContract {
  Idefics2Test() {
    super(new Idefics2Family());
  }

  @Test
  void refusesWhatTheSlidingWindowWouldCut() {
    Question question = new Question("Is it so? ".repeat(4096), "Yes");
    Integer window = new Idefics2Family().architecture().config().text().slidingWindow();
    assumeTrue(window != null && window <= 4096, "no window to leave");
    String told =
        assertThrows(
                IllegalArgumentException.class,
                () -> verifier().assess(image(2, 2), List.of(question), VqaSettings.AUTHORS))
            .getMessage();
    assertTrue(told.contains("more than the sliding window of " + window), told);
  }

  @Test
  void refusesAnImageSmallerThanAPatch() {
    Tensor image = image(1, 2);
    Tensor thin = image.narrow(2, 0, image.size(2) - 1);
    String told =
        assertThrows(IllegalArgumentException.class, () -> model().see(thin, Resizing.AUTHORS))
            .getMessage();
    assertTrue(told.contains("is smaller than one patch of"), told);
    assertTrue(model().see(thin, Resizing.PROCESSOR).imageTokens() > 0);
  }
}
