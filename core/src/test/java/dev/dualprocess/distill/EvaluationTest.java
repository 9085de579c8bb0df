package dev.dualprocess.distill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Prompt;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.overlay.PresentationSettings;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import org.junit.jupiter.api.Test;

/** Unseen seeds, drawn and rated. */
class EvaluationTest {
  private static final ImageSize SIZE = new ImageSize(4, 3);

  /** With one step the image is z - Wz of the seed's noise. */
  @Test
  void anImageOfASeedIsDrawnShownAndRated() {
    ToyVerifier verifier = new ToyVerifier();
    Prompt prompt = Prompt.of("a toy").check("0.5", "x").check("0", "y", VisualPrompt.horizon(0.5));
    try (ToyGenerator generator = new ToyGenerator(SIZE);
        Conditioning conditioning = generator.condition("a toy");
        Examiner examiner =
            new Examiner(
                verifier,
                prompt,
                SIZE,
                PresentationSettings.DEFAULT,
                VqaSettings.DEFAULT,
                Placement.CPU)) {
      Evaluation evaluation =
          new Evaluation(
              generator, examiner, conditioning, generator.defaultSampling().withSteps(1));
      Evaluation.Rated rated = evaluation.rate(21);
      double[] image = image(generator, 21);
      double loss = 0;
      for (double x : image) {
        loss += (x - 0.5) * (x - 0.5) / image.length;
      }
      assertEquals(21, rated.seed());
      assertEquals(2, rated.assessments().size());
      assertEquals(loss, rated.assessments().get(0).loss(), 1e-5);
      double second = rated.assessments().get(1).loss();
      assertEquals((loss + second) / 2, rated.loss(), 1e-5);
      assertEquals((Math.exp(-loss) + Math.exp(-second)) / 2, rated.probability(), 1e-5);
      for (int i = 0; i < SIZE.height() * SIZE.width(); i++) {
        int x = i % SIZE.width();
        int y = i / SIZE.width();
        double unit = Math.min(1, Math.max(0, image[i] / 2 + 0.5));
        assertEquals(255 * unit, (rated.image().getRGB(x, y) >> 16) & 0xff, 0.501);
        boolean line = y == 1 || y == 2;
        assertEquals(line ? 0xffff0000 : rated.image().getRGB(x, y), rated.shown().getRGB(x, y));
      }
      assertNotEquals(rated.loss(), evaluation.rate(22).loss());
    }
  }

  private static double[] image(ToyGenerator generator, long seed) {
    float[] w = Ops.toFloats(generator.weight());
    int d = 3 * SIZE.height() * SIZE.width();
    float[] z = Memory.freeing(() -> Ops.toFloats(Noise.randn(seed, 1, d)));
    double[] x = new double[d];
    for (int i = 0; i < d; i++) {
      x[i] = z[i];
      for (int k = 0; k < d; k++) {
        x[i] -= (double) w[i * d + k] * z[k];
      }
    }
    return x;
  }
}
