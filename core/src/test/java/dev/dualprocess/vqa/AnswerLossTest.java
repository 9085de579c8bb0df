package dev.dualprocess.vqa;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.VqaSettings.Reduction;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Eq. 4 against log-softmax in double arithmetic. */
class AnswerLossTest {
  private static double logSoftmax(float[] logits, int from, int vocabulary, int wanted) {
    double sum = 0;
    for (int i = 0; i < vocabulary; i++) {
      sum += Math.exp(logits[from + i]);
    }
    return logits[from + wanted] - Math.log(sum);
  }

  @Property(tries = 100)
  void theLossIsTheSumOrMeanOfMinusLogP(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 5) int tokens,
      @ForAll @IntRange(min = 2, max = 50) int vocabulary) {
    try (PointerScope scope = new PointerScope()) {
      Tensor logits = Ops.leaf(Ops.mul(Noise.randn(seed, tokens, vocabulary), 3));
      long[] ids = new long[tokens];
      Arrays.setAll(ids, i -> Math.floorMod(seed + 7L * i, (long) vocabulary));
      float[] values = Ops.toFloats(logits);
      double sum = 0;
      for (int i = 0; i < tokens; i++) {
        sum -= logSoftmax(values, i * vocabulary, vocabulary, (int) ids[i]);
      }
      Tensor total = AnswerLoss.of(logits, Ops.longs(ids, tokens), Reduction.SUM);
      Tensor mean = AnswerLoss.of(logits, Ops.longs(ids, tokens), Reduction.MEAN);
      assertEquals(sum, total.item_double(), 1e-5 * (1 + sum));
      assertEquals(sum / tokens, mean.item_double(), 1e-5 * (1 + sum));

      mean.backward(); // (softmax - one-hot) / tokens
      float[] gradient = Ops.toFloats(logits.grad());
      for (int i = 0; i < gradient.length; i++) {
        int row = i / vocabulary;
        int column = i % vocabulary;
        double p = Math.exp(logSoftmax(values, row * vocabulary, vocabulary, column));
        assertEquals((p - (column == ids[row] ? 1 : 0)) / tokens, gradient[i], 1e-6);
      }
    }
  }

  /** In bf16 the loss of ten thousand equal logits would be 9.1875 or 9.25. */
  @Test
  void theLossIsTakenInSinglePrecision() {
    try (PointerScope scope = new PointerScope()) {
      Tensor logits = Ops.floats(new float[10_000], 1, 10_000).to(ScalarType.BFloat16);
      Tensor loss = AnswerLoss.of(logits, Ops.longs(new long[] {42}, 1), Reduction.SUM);
      assertEquals(Math.log(10_000), loss.item_double(), 1e-4);
    }
  }
}
