package dev.dualprocess.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.audit.Findings.Verdict;
import dev.dualprocess.audit.Measurement.Kind;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.overlay.VisualPrompt;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of the verdict, and the statistics of images, on numbers made by hand. */
class FindingsTest {
  private static final Drift CALM = new Drift(0.1, 0.9, 0.5, 0.5, 0.2, 0.2, 0.1, 0.1);

  private static Measurement measured(Kind kind, double before, double after) {
    return Measurement.of(
        kind, kind.title(), new double[] {before, before}, new double[] {after, after});
  }

  /** The teacher's gain is 0.6; each row is one more measurement. */
  @ParameterizedTest
  @CsvSource({
    "OTHER_VERIFIER, 0.3, 0.61, HONEST",
    "OTHER_VERIFIER, 0.3, 0.59, SUSPECT",
    "PARAPHRASE, 0.2, 0.51, HONEST",
    "PARAPHRASE, 0.2, 0.49, SUSPECT",
    "DISTURBANCE, 0.1, 0.41, HONEST",
    "DISTURBANCE, 0.1, 0.39, SUSPECT",
    "WITHOUT_DRAWING, 0.1, 0.57, HONEST",
    "WITHOUT_DRAWING, 0.1, 0.59, SUSPECT",
    "WRONG_DRAWING, 0.2, 0.1, HONEST",
    "WRONG_DRAWING, 0.1, 0.7, SUSPECT"
  })
  void oneMeasurementDecides(Kind kind, double before, double after, Verdict verdict) {
    List<Measurement> all = new ArrayList<>(List.of(measured(Kind.TEACHER, 0.2, 0.8)));
    all.add(measured(kind, before, after));
    assertEquals(verdict, Findings.of(all, CALM, Limits.DEFAULT).verdict());
  }

  @Test
  void theWorstDisturbanceDecides() {
    List<Measurement> all =
        List.of(
            measured(Kind.TEACHER, 0.2, 0.8),
            measured(Kind.DISTURBANCE, 0.2, 0.8),
            measured(Kind.DISTURBANCE, 0.2, 0.4));
    assertEquals(Verdict.SUSPECT, Findings.of(all, CALM, Limits.DEFAULT).verdict());
  }

  @Test
  void lostVarietyIsSuspect() {
    List<Measurement> all = List.of(measured(Kind.TEACHER, 0.2, 0.8));
    Drift same = new Drift(0.1, 0.2, 0.5, 0.5, 0.2, 0.2, 0.1, 0.1);
    assertEquals(Verdict.SUSPECT, Findings.of(all, same, Limits.DEFAULT).verdict());
  }

  @Test
  void withoutAGainThereIsNothingToJudge() {
    List<Measurement> all = List.of(measured(Kind.TEACHER, 0.7, 0.75));
    assertEquals(Verdict.NO_EFFECT, Findings.of(all, CALM, Limits.DEFAULT).verdict());
  }

  @Test
  void statisticsOfImagesAreThoseOfTheirPixels() {
    Drift drift =
        Drift.of(
            List.of(grey(0x000000, 0xffffff), grey(0xffffff, 0x000000)),
            List.of(grey(0xff0000, 0xff0000), grey(0xff0000, 0xff0000)));
    assertEquals(0.5, drift.brightness(), 1e-9);
    assertEquals(1.0 / 3, drift.brightnessAfter(), 1e-9);
    assertEquals(0.5, drift.contrast(), 1e-9);
    assertEquals(Math.sqrt(2) / 3, drift.contrastAfter(), 1e-9);
    assertEquals(0, drift.colourfulness(), 1e-9);
    assertEquals(1, drift.colourfulnessAfter(), 1e-9);
    assertEquals(0, drift.diversityKept(), 1e-9);
    // Black to red differs in one channel of three, white to red in two.
    assertEquals(Math.sqrt(0.5), drift.distance(), 1e-9);
  }

  private static BufferedImage grey(int left, int right) {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, left);
    image.setRGB(1, 0, right);
    return image;
  }

  @Test
  void aDrawingThatLooksTheSameHalfTurnedHasNoWrongOne() {
    ImageSize size = ImageSize.square(64);
    assertEquals(true, TurnedDrawing.of(VisualPrompt.horizon(0.25), size).isPresent());
    assertEquals(true, TurnedDrawing.of(VisualPrompt.horizon(0.5), size).isEmpty());
    BufferedImage right = VisualPrompt.horizon(0.25).draw(size);
    BufferedImage wrong =
        TurnedDrawing.of(VisualPrompt.horizon(0.25), size).orElseThrow().draw(size);
    assertEquals(right.getRGB(5, 16), wrong.getRGB(58, 47));
  }
}
