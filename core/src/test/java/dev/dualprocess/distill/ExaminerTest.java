package dev.dualprocess.distill;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.Assessment;
import dev.dualprocess.Check;
import dev.dualprocess.Critique;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.overlay.OverlayMode;
import dev.dualprocess.overlay.PresentationSettings;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.awt.image.BufferedImage;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** The mean over all checks, through their visual prompts, against closed formulas. */
class ExaminerTest {
  private static final ImageSize SIZE = new ImageSize(4, 3);
  private static final int PLANE = 12;
  private static final VisualPrompt LINE = VisualPrompt.horizon(0.5); // rows 1 and 2 are red
  private static final VisualPrompt BLACK =
      VisualPrompt.drawing(
          new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB), OverlayMode.TRANSPARENT);

  private final ToyVerifier verifier = new ToyVerifier();

  private Examiner examiner(Prompt prompt) {
    return new Examiner(
        verifier, prompt, SIZE, PresentationSettings.DEFAULT, VqaSettings.DEFAULT, Placement.CPU);
  }

  private static Tensor image() {
    return Noise.randn(5, 1, 3, SIZE.height(), SIZE.width());
  }

  /** What a drawing leaves of x, 1 - m, and what it adds, m d. */
  private enum Shown {
    BARE {
      @Override
      double kept(int i) {
        return 1;
      }

      @Override
      double drawn(int i) {
        return 0;
      }
    },
    LINE {
      @Override
      double kept(int i) {
        int row = i % PLANE / SIZE.width();
        return row == 1 || row == 2 ? 0 : 1;
      }

      @Override
      double drawn(int i) {
        return kept(i) == 1 ? 0 : i < PLANE ? 1 : -1;
      }
    },
    BLACK {
      @Override
      double kept(int i) {
        return 0.5;
      }

      @Override
      double drawn(int i) {
        return -0.5;
      }
    };

    abstract double kept(int i);

    abstract double drawn(int i);

    double loss(float[] x, double target) {
      double sum = 0;
      for (int i = 0; i < x.length; i++) {
        sum += Math.pow(kept(i) * x[i] + drawn(i) - target, 2) / x.length;
      }
      return sum;
    }

    double gradient(float[] x, int i, double target) {
      return kept(i) * 2 * (kept(i) * x[i] + drawn(i) - target) / x.length;
    }
  }

  private record Expected(Shown shown, double target) {}

  private void assertMean(Prompt prompt, Expected... checks) {
    try (PointerScope scope = new PointerScope();
        Examiner examiner = examiner(prompt)) {
      float[] x = Ops.toFloats(image());
      Critique critique = examiner.critique(image());
      List<Assessment> assessments = examiner.assess(image());
      assertEquals(checks.length, examiner.checks());
      assertEquals(checks.length, critique.assessments().size());
      double mean = 0;
      for (int k = 0; k < checks.length; k++) {
        double loss = checks[k].shown().loss(x, checks[k].target());
        assertEquals(loss, critique.assessments().get(k).loss(), 1e-6);
        assertEquals(Math.exp(-loss), critique.assessments().get(k).probability(), 1e-6);
        assertEquals(critique.assessments().get(k), assessments.get(k));
        mean += loss / checks.length;
      }
      assertEquals(mean, critique.loss(), 1e-6);
      assertArrayEquals(image().shape(), critique.imageGradient().shape());
      float[] gradient = Ops.toFloats(critique.imageGradient());
      for (int i = 0; i < x.length; i++) {
        double sum = 0;
        for (Expected check : checks) {
          sum += check.shown().gradient(x, i, check.target());
        }
        assertEquals(sum / checks.length, gradient[i], 1e-6);
      }
    }
  }

  private static List<String> texts(List<Question> call) {
    return call.stream().map(Question::text).toList();
  }

  @Test
  void oneCheckOnTheBareImage() {
    assertMean(Prompt.of("p").check("0.25", "a"), new Expected(Shown.BARE, 0.25));
  }

  @Test
  void checksWithOneVisualPromptGoTogether() {
    assertMean(
        Prompt.of("p").check("0.25", "a", LINE).check("-1", "b", VisualPrompt.horizon(0.5)),
        new Expected(Shown.LINE, 0.25),
        new Expected(Shown.LINE, -1));
    assertEquals(2, verifier.calls().size(), "one to critique, one to assess");
    assertEquals(List.of("0.25", "-1"), texts(verifier.calls().get(0)));
  }

  /** Three on the line, one bare, one on black: 1/5 each, whoever shares a call with whom. */
  @Test
  void everyCheckWeighsTheSame() {
    assertMean(
        Prompt.of("p")
            .check("0.25", "a", LINE)
            .check("0.5", "b")
            .check("-1", "c", LINE)
            .check("2", "d", BLACK)
            .check("0", "e", LINE),
        new Expected(Shown.LINE, 0.25),
        new Expected(Shown.BARE, 0.5),
        new Expected(Shown.LINE, -1),
        new Expected(Shown.BLACK, 2),
        new Expected(Shown.LINE, 0));
    assertEquals(6, verifier.calls().size(), "three to critique, three to assess");
    assertEquals(List.of("0.25", "-1", "0"), texts(verifier.calls().get(0)));
    assertEquals(List.of("0.5"), texts(verifier.calls().get(1)));
    assertEquals(List.of("2"), texts(verifier.calls().get(2)));
  }

  /** A check of weight 3 counts as much as three of weight 1, with and without company. */
  @Test
  void aWeightCountsAsThatManyChecks() {
    Check onLine = Prompt.of("p").check("0.25", "a", LINE).checks().get(0);
    Check another = Prompt.of("p").check("-1", "c", LINE).checks().get(0);
    Check bare = Prompt.of("p").check("0.5", "b").checks().get(0);
    Prompt weighed =
        Prompt.of("p").check(onLine.weighing(3)).check(bare.weighing(2)).check(another);
    Prompt repeated = Prompt.of("p");
    for (Check check : List.of(onLine, onLine, onLine, bare, bare, another)) {
      repeated = repeated.check(check);
    }
    try (PointerScope scope = new PointerScope();
        Examiner one = examiner(weighed);
        Examiner other = examiner(repeated)) {
      Critique expected = other.critique(image());
      Critique critique = one.critique(image());
      assertEquals(expected.loss(), critique.loss(), 1e-6);
      assertArrayEquals(
          Ops.toFloats(expected.imageGradient()), Ops.toFloats(critique.imageGradient()), 1e-6f);
      assertEquals(3, critique.assessments().size());
    }
  }

  @Test
  void weightsThatAreNoneAreRefused() {
    Check check = Prompt.of("p").check("0.5", "b").checks().get(0);
    for (double weight : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e7}) {
      assertRefused(
          IllegalArgumentException.class, () -> check.weighing(weight), "weight must be above 0");
    }
  }

  @Test
  void peopleAreShownTheFirstVisualPrompt() {
    try (PointerScope scope = new PointerScope();
        Examiner bare = examiner(Prompt.of("p").check("0", "a"));
        Examiner second = examiner(Prompt.of("p").check("0", "a").check("0", "b", BLACK))) {
      float[] x = Ops.toFloats(image());
      assertArrayEquals(x, Ops.toFloats(bare.shown(image())));
      float[] shown = Ops.toFloats(second.shown(image()));
      for (int i = 0; i < x.length; i++) {
        assertEquals(0.5 * x[i] - 0.5, shown[i], 1e-6);
      }
    }
  }

  @Test
  void aCritiqueLeavesNothingBehindButItsGradient() {
    Prompt prompt = Prompt.of("p").check("0.25", "a", LINE).check("1", "b");
    try (PointerScope outer = new PointerScope();
        Examiner examiner = examiner(prompt)) {
      Tensor image = image();
      examiner.critique(image).imageGradient().close();
      long before = Pointer.totalCount();
      for (int i = 0; i < 5; i++) {
        examiner.critique(image).imageGradient().close();
        examiner.assess(image);
      }
      assertEquals(before, Pointer.totalCount());
    }
  }

  @Test
  void aPromptWithoutChecksIsRefused() {
    assertRefused(IllegalArgumentException.class, () -> examiner(Prompt.of("p")), "no check");
  }
}
