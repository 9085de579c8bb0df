package dev.dualprocess;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dualprocess.spi.PixelVerifier;
import dev.dualprocess.spi.TensorVerifier;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/**
 * Two verifiers of the same function, one in plain Java and one in libtorch, alone and together.
 */
class CommitteeVerifierTest {
  private static final Question FIRST = new Question("first?", "Yes");
  private static final Question SECOND = new Question("second?", "Yes");

  /** factor · Σ x², factor 1 for the first question and 3 for the second. */
  private static double factor(Question question) {
    return question.equals(FIRST) ? 1 : 3;
  }

  private static Verifier plain() {
    return new PixelVerifier(
        "plain",
        (pixels, height, width, question, gradient) -> {
          double sum = 0;
          for (int i = 0; i < pixels.length; i++) {
            sum += factor(question) * pixels[i] * pixels[i];
            gradient[i] = (float) (2 * factor(question) * pixels[i]);
          }
          return sum;
        });
  }

  private static Verifier torch() {
    return new TensorVerifier(
        "torch", (image, question) -> Ops.mul(image.square().sum(), factor(question)));
  }

  @Test
  void plainJavaAndLibtorchAgreeAndTheCommitteeIsTheirMean() {
    try (PointerScope scope = new PointerScope();
        Verifier committee = new CommitteeVerifier(List.of(plain(), torch()))) {
      Tensor image = Ops.mul(Noise.randn(3, 1, 3, 5, 7), 0.3);
      float[] x = Ops.toFloats(image);
      double square = 0;
      for (float value : x) {
        square += (double) value * value;
      }
      for (Verifier verifier : List.of(plain(), torch(), committee)) {
        Critique critique = verifier.critique(image, List.of(FIRST, SECOND), VqaSettings.DEFAULT);
        assertEquals(square, critique.assessments().get(0).loss(), 1e-5 * square);
        assertEquals(3 * square, critique.assessments().get(1).loss(), 1e-5 * square);
        assertEquals(Math.exp(-square), critique.assessments().get(0).probability(), 1e-6);
        float[] gradient = Ops.toFloats(critique.imageGradient());
        float[] wanted = new float[x.length];
        for (int i = 0; i < x.length; i++) {
          wanted[i] = 2 * (1 + 3) / 2f * x[i];
        }
        assertArrayEquals(wanted, gradient, 1e-5f, verifier.name());
        assertEquals(
            square,
            verifier.assess(image, List.of(FIRST), VqaSettings.DEFAULT).get(0).loss(),
            1e-5 * square);
      }
      assertEquals("plain+torch", committee.name());
    }
  }

  /** Members that say Σ x² and 3 Σ x² to the second question, of weights 1 and 4: 2.6 Σ x². */
  @Test
  void membersCountAsTheyWeigh() {
    Verifier simple = new TensorVerifier("simple", (image, question) -> image.square().sum());
    try (PointerScope scope = new PointerScope();
        Verifier committee = new CommitteeVerifier(List.of(simple, torch()), List.of(0.5, 2.0))) {
      Tensor image = Ops.mul(Noise.randn(3, 1, 3, 5, 7), 0.1);
      float[] x = Ops.toFloats(image);
      double square = 0;
      float[] wanted = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        square += (double) x[i] * x[i];
        wanted[i] = (float) (2 * 2.6 * x[i]);
      }
      Critique critique = committee.critique(image, List.of(SECOND), VqaSettings.DEFAULT);
      assertEquals(2.6 * square, critique.loss(), 1e-5);
      assertArrayEquals(wanted, Ops.toFloats(critique.imageGradient()), 1e-5f);
      Assessment said = committee.assess(image, List.of(SECOND), VqaSettings.DEFAULT).get(0);
      assertEquals(Math.exp(-2.6 * square), said.probability(), 1e-6);
      assertEquals("simple:0.5+torch:2.0", committee.name());
    }
  }

  @Test
  void aCommitteeNeedsMembersOfSomeWeight() {
    assertThrows(IllegalArgumentException.class, () -> new CommitteeVerifier(List.of()));
    try (Verifier member = torch()) {
      List<Verifier> one = List.of(member);
      assertThrows(IllegalArgumentException.class, () -> new CommitteeVerifier(one, List.of()));
      for (double weight : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
        assertThrows(
            IllegalArgumentException.class, () -> new CommitteeVerifier(one, List.of(weight)));
      }
    }
  }
}
