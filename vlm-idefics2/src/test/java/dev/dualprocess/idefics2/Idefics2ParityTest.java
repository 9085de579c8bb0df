package dev.dualprocess.idefics2;

import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.testing.Parity;
import dev.dualprocess.testing.VlmCase;
import dev.dualprocess.testing.VlmParity;
import dev.dualprocess.vqa.ImageProcessor;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every golden case, and the pixels before the vision tower. */
class Idefics2ParityTest extends VlmParity {
  Idefics2ParityTest() {
    super(new Idefics2Family(), "image_hidden_states");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pixelsAreThoseOfTheAuthors(VlmCase c) {
    Idefics2 family = new Idefics2Family().architecture();
    try (ImageProcessor processor =
        new ImageProcessor(family.imageSizing(), family.imageStatistics(), Parity.placement())) {
      Tensor pixels = processor.pixels(shown(c), Resizing.AUTHORS);
      golden().assertClose(c.imageKey() + ".pixel_values", pixels.unsqueeze(0), OUTPUT);
    }
  }
}
