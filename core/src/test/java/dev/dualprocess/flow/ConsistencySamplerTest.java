package dev.dualprocess.flow;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Golden;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Steps of a consistency model, and the noise between them. */
class ConsistencySamplerTest {
  private static final ScmConfig CONFIG = new ScmConfig(1000, "trigflow", 0.5);
  private static final long[] SHAPE = {2, 8, 30, 30};
  private PointerScope scope;

  @BeforeEach
  void enter() {
    scope = new PointerScope();
  }

  @AfterEach
  void leave() {
    scope.close();
  }

  private static ConsistencySampler sampler(int steps) {
    return new ConsistencySampler(ScmTimesteps.published(steps).schedule(CONFIG));
  }

  /** A whole run of a model that sees the same image everywhere: z at each level. */
  private static Tensor[] run(Tensor noise, Tensor image, int steps) {
    Tensor[] all = new Tensor[steps + 1];
    all[0] = noise;
    try (ConsistencySampler sampler = sampler(steps)) {
      for (int i = 0; i < steps; i++) {
        Tensor velocity = Ops.mul(all[i].sub(image), 1 / (double) sampler.sigma(i));
        all[i + 1] = sampler.step(velocity, i, all[i]);
      }
    }
    return all;
  }

  private static Tensor[] run(Tensor noise, int steps) {
    return run(noise, torch.zeros_like(noise), steps);
  }

  @Test
  void anImageThatIsSeenEverywhereIsWhereItEnds() {
    Tensor image = Noise.randn(1, SHAPE);
    for (int steps = 1; steps <= 4; steps++) {
      Tensor[] all = run(Noise.randn(2, SHAPE), image, steps);
      assertTrue(Golden.relativeError(image, all[steps]) < 1e-6);
    }
  }

  /** Of an image that is black, z at a level is its noise alone. */
  @Test
  void freshNoiseIsStandardNormalAndLikeNoOther() {
    Tensor first = Noise.randn(2, SHAPE);
    Tensor[] all = run(first, 4);
    FlowSchedule schedule = sampler(4).schedule();
    Tensor second = Ops.mul(all[1], 1 / (double) schedule.sigma(1));
    Tensor third = Ops.mul(all[2], 1 / (double) schedule.sigma(2));
    List<Tensor> noises =
        List.of(
            first.select(0, 0), first.select(0, 1),
            second.select(0, 0), second.select(0, 1),
            third.select(0, 0), third.select(0, 1));
    for (int i = 0; i < noises.size(); i++) {
      Tensor noise = noises.get(i);
      assertEquals(0, noise.mean().item_double(), 0.05);
      assertEquals(1, noise.mul(noise).mean().item_double(), 0.1);
      for (Tensor other : noises.subList(0, i)) {
        assertEquals(0, noise.mul(other).mean().item_double(), 0.05);
      }
    }
  }

  @Test
  void anImageFollowsFromItsOwnNoiseWhateverIsDrawnBesideIt() {
    Tensor both = Noise.randn(2, SHAPE);
    Tensor[] together = run(both, 3);
    Tensor[] alone = run(both.narrow(0, 1, 1), 3);
    Tensor[] again = run(both.clone(), 3);
    for (int i = 1; i < 4; i++) {
      float[] wanted = Ops.toFloats(together[i].narrow(0, 1, 1));
      assertArrayEquals(wanted, Ops.toFloats(alone[i]));
      assertArrayEquals(Ops.toFloats(together[i]), Ops.toFloats(again[i]));
    }
  }

  @Test
  void theLastStepAsksForNoNoise() {
    StepNoise none =
        (i, sample) -> {
          throw new AssertionError("noise for step " + i);
        };
    Tensor z = Noise.randn(2, SHAPE);
    FlowSchedule schedule = ScmTimesteps.published(1).schedule(CONFIG);
    Tensor x0 = new ConsistencySampler(schedule, none).step(z, 0, z);
    Golden.assertClose("x0", Flow.cleanEstimate(z, z, schedule.sigma(0)), x0, 0);
  }

  @Test
  void stepsAreGivenBackInTheLatentsType() {
    Tensor z = Noise.randn(2, SHAPE).to(torch.ScalarType.BFloat16);
    assertEquals(Dtype.BFLOAT16, Dtype.of(sampler(2).step(z, 0, z)));
  }

  @Test
  void aRunBeginsWithItsFirstStep() {
    Tensor z = Noise.randn(2, SHAPE);
    assertThrows(IllegalStateException.class, () -> sampler(3).step(z, 1, z));
  }

  @Test
  void moreStepsThanItWasTrainedOnAreRefused() {
    assertEquals(1000, ScmTimesteps.published(1000).schedule(CONFIG).steps());
    assertRefused(
        IllegalArgumentException.class,
        () -> ScmTimesteps.published(1001).schedule(CONFIG),
        "inference steps must be at most 1000, not 1001");
    assertRefused(
        IllegalArgumentException.class,
        () -> ScmTimesteps.published(0),
        "inference steps must be at least 1, not 0");
  }

  @Test
  void whatIsPublishedHasAnIntermediateStepOfTwoAlone() {
    assertArrayEquals(new float[] {1.5708f, 0}, ScmTimesteps.published(1).angles());
    assertArrayEquals(new float[] {1.5708f, 1.3f, 0}, ScmTimesteps.published(2).angles());
    assertArrayEquals(
        new float[] {1.5708f, 1.0472f, 0.5236f, 0}, ScmTimesteps.published(3).angles(), 1e-6f);
  }
}
