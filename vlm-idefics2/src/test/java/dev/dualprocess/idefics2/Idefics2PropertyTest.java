package dev.dualprocess.idefics2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.Question;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.vqa.VqaSettings;
import dev.dualprocess.vqa.VqaSettings.Reduction;
import dev.dualprocess.vqa.VqaSettings.Resizing;
import dev.dualprocess.vqa.VqaVerifier;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** What holds for images of any size. */
class Idefics2PropertyTest {
  private static final List<Question> QUESTION = List.of(new Question("Is it night?", "Yes"));
  private static VqaVerifier verifier;

  @BeforeContainer
  static void open() {
    verifier = new VqaVerifier(Idefics2Fixture.open());
  }

  @AfterContainer
  static void close() {
    verifier.close();
  }

  private static Idefics2 model() {
    return (Idefics2) verifier.model();
  }

  /** The gradient of a few pixels against the loss's change when they change. */
  @Property(tries = 12, shrinking = ShrinkingMode.OFF)
  void gradientAgreesWithFiniteDifferences(
      @ForAll @IntRange(min = 20, max = 150) int height,
      @ForAll @IntRange(min = 20, max = 150) int width,
      @ForAll Resizing resizing,
      @ForAll @IntRange(max = 1000) int seed) {
    VqaSettings settings = new VqaSettings(Reduction.SUM, resizing);
    try (PointerScope scope = new PointerScope()) {
      Tensor image = Ops.mul(Noise.randn(seed, 1, 3, height, width), 0.3);
      float[] gradient = Ops.toFloats(verifier.critique(image, QUESTION, settings).imageGradient());
      float[] direction = new float[gradient.length];
      Random random = new Random(seed);
      double slope = 0;
      for (int i = 0; i < 40; i++) {
        int at = random.nextInt(direction.length);
        direction[at] = Math.signum(gradient[at]);
      }
      for (int i = 0; i < direction.length; i++) {
        slope += direction[i] * gradient[i];
      }
      double h = 0.01;
      Tensor step = Ops.mul(Ops.floats(direction, 1, 3, height, width), h);
      double difference =
          (loss(image.add(step), settings) - loss(image.sub(step), settings)) / (2 * h);
      assertEquals(slope, difference, 0.05 * slope + 2e-3, height + "x" + width);
    }
  }

  private static double loss(Tensor image, VqaSettings settings) {
    return verifier.assess(image, QUESTION, settings).get(0).loss();
  }

  /** As many image tokens as there are latents, and no pixel counts that fills no patch. */
  @Property(tries = 20)
  void imageTokensDoNotDependOnTheSize(
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 9) int columns,
      @ForAll @IntRange(max = 100) int more) {
    int patch = model().config().vision().patchSize();
    int left = more % patch;
    long height = (long) rows * patch;
    long width = (long) columns * patch;
    try (PointerScope scope = new PointerScope()) {
      Tensor image = Noise.randn(1, 1, 3, height + left, width + left);
      Idefics2View view = (Idefics2View) model().see(image, Resizing.AUTHORS);
      assertEquals(model().config().perceiver().resamplerNLatents(), view.imageTokens());
      Tensor cut = image.narrow(2, 0, height).narrow(3, 0, width);
      Idefics2View same = (Idefics2View) model().see(cut, Resizing.AUTHORS);
      assertArrayEquals(Ops.toFloats(same.tokens()), Ops.toFloats(view.tokens()), 1e-5f);
    }
  }
}
