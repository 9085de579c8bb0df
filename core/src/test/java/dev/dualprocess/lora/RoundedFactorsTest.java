package dev.dualprocess.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rounded all at once or layer by layer, the numbers are the same. */
class RoundedFactorsTest {
  private static final String Q = "blocks.0.to_q";
  private static final String K = "blocks.0.to_k";

  private PointerScope scope;
  private Linear q;
  private Tensor x;
  private LoraTargets targets;
  private Lora lora;

  @BeforeEach
  void make() {
    scope = new PointerScope();
    q = new Linear(Q, half(Noise.randn(1, 4, 5)), null);
    Linear k = new Linear(K, half(Noise.randn(2, 4, 5)), null);
    x = half(Noise.randn(3, 6, 5));
    targets = new LoraTargets(List.of(q, k), Set.of(Q, K), new Placement("cpu", Dtype.BFLOAT16));
    lora = LoraTargetsTest.random(3, 2, 0.75, Q, K);
    lora.flatGradient();
  }

  @AfterEach
  void close() {
    lora.close();
    scope.close();
  }

  private static Tensor half(Tensor t) {
    return t.to(ScalarType.BFloat16);
  }

  /** What the layer gives; its backward goes into the LoRA's gradient. */
  private float[] pass(Attachment attached) {
    try (attached) {
      Tensor y = q.forward(x);
      y.sum().backward();
      return Ops.toFloats(y);
    }
  }

  private float[] gradient() {
    float[] gradient = Ops.toFloats(lora.flatGradient());
    lora.flatGradient().zero_();
    return gradient;
  }

  @Test
  void valueAndGradientsAreThoseOfAnyAttachment() {
    float[] wanted = pass(targets.attach(lora, 1));
    float[] wantedGradient = gradient();
    assertTrue(wantedGradient[0] != 0);
    assertArrayEquals(wanted, pass(targets.attachForOnePass(lora)));
    assertArrayEquals(wantedGradient, gradient());
  }

  @Test
  void everyPassHasTheFactorsAsTheyAre() {
    float[] before = pass(targets.attachForOnePass(lora));
    Memory.withoutGrad(() -> lora.flat().mul_(new Scalar(2)));
    float[] after = pass(targets.attachForOnePass(lora));
    float[] wanted = pass(targets.attach(lora, 1));
    assertArrayEquals(wanted, after);
    assertTrue(before[0] != after[0]);
  }

  @Test
  void gradientsOfSeveralPassesAddUp() {
    pass(targets.attachForOnePass(lora));
    float[] once = Ops.toFloats(lora.flatGradient());
    pass(targets.attachForOnePass(lora));
    float[] twice = gradient();
    for (int i = 0; i < once.length; i++) {
      assertEquals(2 * once[i], twice[i], 1e-6);
    }
  }

  @Test
  void withoutBackwardThereIsNoGradient() {
    targets.attachForOnePass(lora).close();
    assertArrayEquals(new float[(int) lora.flat().numel()], gradient());
    assertTrue(!q.adapted());
  }

  @Test
  void aLoraThatIsClosedMeanwhileIsFreedAfterwards() {
    Attachment attached = targets.attachForOnePass(lora);
    lora.close();
    q.forward(x).sum().backward();
    attached.close();
    attached.close();
    assertTrue(!q.adapted());
  }
}
