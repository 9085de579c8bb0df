package dev.dualprocess.smolvlm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.testing.VlmProperties;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;

/** What holds for images of any size: as for every family, and of image tokens here. */
class SmolVlmPropertyTest extends VlmProperties {
  SmolVlmPropertyTest() {
    super(new SmolVlmFamily());
  }

  @Property(tries = 20)
  void imageTokensDoNotDependOnTheSize(
      @ForAll @IntRange(min = 1, max = 100) int height,
      @ForAll @IntRange(min = 1, max = 100) int width) {
    int tokens = new SmolVlmFamily().imageTokens(height, width);
    try (PointerScope scope = new PointerScope()) {
      for (Resizing resizing : Resizing.values()) {
        assertEquals(
            tokens, model().see(Noise.randn(1, 1, 3, height, width), resizing).imageTokens());
      }
    }
  }
}
