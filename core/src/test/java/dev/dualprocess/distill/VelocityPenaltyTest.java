package dev.dualprocess.distill;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Floats;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.lora.LoraSettings.Init;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Slope;
import java.lang.reflect.Proxy;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Against sums written out, against differences, and against the penalty on the image. */
class VelocityPenaltyTest {
  private static final ImageSize SIZE = new ImageSize(4, 3);

  private static Tensor noise(long seed) {
    return Noise.randn(seed, 1, 36);
  }

  private static double value(Tensor velocity) {
    return new VelocityPenalty(7, velocity, noise(2)).value().item_double();
  }

  @Test
  void isTheMeanSquareOfTheChange() {
    Memory.freeing(
        () -> {
          double sum = 0;
          for (float change : Ops.toFloats(noise(1).sub(noise(2)))) {
            sum += change * change;
          }
          assertEquals(7 * sum / 36, value(noise(1)), 1e-4);
          return null;
        });
  }

  @Test
  void itsGradientIsThatOfItsValue() {
    Memory.freeing(
        () -> {
          Slope.assertOfSquareForm(
              VelocityPenaltyTest::value,
              noise(1),
              new VelocityPenalty(7, noise(1), noise(2)).gradient(),
              1,
              1e-4);
          return null;
        });
  }

  /** What a run has learnt, and what its penalties came to. */
  private record Learnt(List<Float> values, List<Double> penalties) {
    float[] weights() {
      return Floats.toArray(values);
    }
  }

  private static Learnt learnt(Regularisation regularisation) {
    try (ToyGenerator generator = new ToyGenerator(SIZE)) {
      DistillSettings settings =
          DistillSettings.paper(generator.defaultSampling().withSteps(1))
              .withSteps(12)
              .withSeeds(3)
              .withLora(new LoraSettings(4, 8, Init.KAIMING_UNIFORM))
              .withLearningRate(0.01)
              .withRegularisation(regularisation);
      try (Distillation run =
              Distillation.of(generator, new ToyVerifier(), Prompt.of("a toy").check("0.5", "x"))
                  .settings(settings)
                  .start();
          Lora lora = run.lora()) {
        run.run();
        return new Learnt(
            Floats.asList(Ops.toFloats(lora.flat())),
            run.reports().stream().map(StepReport::penalty).toList());
      }
    }
  }

  /**
   * Of a pass from pure noise whose image is its latents, x̂₀ = z - û: the change of the image is
   * that of the velocity with another sign, and the two penalties are the same.
   */
  @Test
  void isThePenaltyOnAnImageThatIsNotDecoded() {
    Learnt ofImage = learnt(Regularisation.NONE.withDriftPenalty(5));
    Learnt ofVelocity = learnt(Regularisation.NONE.withVelocityPenalty(5));
    assertArrayEquals(ofImage.weights(), ofVelocity.weights(), 1e-5f);
    for (int i = 0; i < 12; i++) {
      assertEquals(ofImage.penalties().get(i), ofVelocity.penalties().get(i), 1e-5);
    }
    assertTrue(ofVelocity.penalties().get(11) > 1e-3, ofVelocity.penalties()::toString);
    Learnt both = learnt(Regularisation.NONE.withVelocityPenalty(2).withDriftPenalty(3));
    assertArrayEquals(ofImage.weights(), both.weights(), 1e-5f);
  }

  /** A generator of somebody's own, which shows no velocity. */
  @Test
  void aGeneratorWithoutVelocityIsRefused() {
    try (ToyGenerator toy = new ToyGenerator(SIZE)) {
      Generator plain =
          (Generator)
              Proxy.newProxyInstance(
                  Generator.class.getClassLoader(),
                  new Class<?>[] {Generator.class},
                  (proxy, method, arguments) -> method.invoke(toy, arguments));
      assertRefused(
          IllegalArgumentException.class,
          () ->
              Distillation.of(plain, new ToyVerifier(), Prompt.of("a toy").check("0.5", "x"))
                  .settings(
                      DistillSettings.paper(toy.defaultSampling())
                          .withRegularisation(Regularisation.NONE.withVelocityPenalty(1)))
                  .start(),
          "toy generator",
          "no velocity",
          "drift penalty");
    }
  }
}
