package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.Question;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.VqaSettings.Reduction;
import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.vqa.VisionLanguageModel;
import dev.dualprocess.vqa.VqaVerifier;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** What holds for images of any size. */
public abstract class VlmProperties {
  private static final List<Question> QUESTION = List.of(new Question("Is it night?", "Yes"));

  private final VlmFamily<?> family;
  private VisionLanguageModel model;
  private VqaVerifier verifier;

  /** The model of {@code family}'s golden cases. */
  protected VlmProperties(VlmFamily<?> family) {
    this.family = family;
  }

  @BeforeProperty
  final void open() {
    model = family.open();
    verifier = new VqaVerifier(model);
  }

  @AfterProperty
  final void close() {
    verifier.close();
  }

  /** The model under test. */
  protected final VisionLanguageModel model() {
    return model;
  }

  private double loss(Tensor image, VqaSettings settings) {
    return verifier.assess(image, QUESTION, settings).get(0).loss();
  }

  /** The gradient of a few pixels against the loss's change when they change. */
  @Property(tries = 12, shrinking = ShrinkingMode.OFF)
  final void gradientAgreesWithFiniteDifferences(
      @ForAll @IntRange(min = 20, max = 150) int height,
      @ForAll @IntRange(min = 20, max = 150) int width,
      @ForAll @IntRange(max = 1000) int seed) {
    for (Resizing resizing : Resizing.values()) {
      ImageSize size = family.taken(new ImageSize(height, width), resizing);
      try (PointerScope scope = new PointerScope()) {
        Tensor image = Ops.mul(Noise.randn(seed, 1, 3, size.height(), size.width()), 0.3);
        checkGradient(image, seed, new VqaSettings(Reduction.SUM, resizing));
      }
    }
  }

  private void checkGradient(Tensor image, int seed, VqaSettings settings) {
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
    Tensor step = Ops.mul(Ops.floats(direction, image.shape()), h);
    double difference =
        (loss(image.add(step), settings) - loss(image.sub(step), settings)) / (2 * h);
    assertEquals(slope, difference, 0.05 * slope + 2e-3, () -> settings + " seed " + seed);
  }
}
