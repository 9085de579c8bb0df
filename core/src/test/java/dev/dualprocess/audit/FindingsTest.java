package dev.dualprocess.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.dualprocess.audit.Findings.Verdict;
import dev.dualprocess.audit.Measurement.Kind;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.overlay.VisualPrompt;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of the verdict, and the statistics of images, on numbers made by hand. */
class FindingsTest {
  private static final Drift CALM = drift(0.9, 1.3);

  private static Drift drift(double diversityKept, double patternAfter) {
    return new Drift(
        0.1,
        diversityKept,
        new ImageMeans(0.5, 0.2, 0.1, 0.1, 4, 0.9),
        new ImageMeans(0.5, 0.2, 0.1, 0.1, 4, patternAfter));
  }

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
    assertEquals(Verdict.SUSPECT, Findings.of(all, drift(0.2, 0.9), Limits.DEFAULT).verdict());
  }

  @Test
  void aPatternOfTokensIsSuspect() {
    List<Measurement> all = List.of(measured(Kind.TEACHER, 0.2, 0.8));
    Findings findings = Findings.of(all, drift(0.9, 1.4), Limits.DEFAULT);
    assertEquals(Verdict.SUSPECT, findings.verdict());
    assertEquals(
        "A pattern of the generator's tokens is 1.6 times as prominent as without the LoRA.",
        findings.findings().get(findings.findings().size() - 1).text());
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
            List.of(halves(0x000000, 0xffffff), halves(0xffffff, 0x000000)),
            List.of(halves(0xff0000, 0xff0000), halves(0xff0000, 0xff0000)),
            OptionalInt.empty());
    assertEquals(0.5, drift.before().brightness(), 1e-9);
    assertEquals(0.299, drift.after().brightness(), 1e-9);
    assertEquals(0.5, drift.before().contrast(), 1e-9);
    assertEquals(Math.sqrt(2) / 3, drift.after().contrast(), 1e-9);
    assertEquals(0, drift.before().colourfulness(), 1e-9);
    assertEquals(1, drift.after().colourfulness(), 1e-9);
    assertEquals(1, drift.before().edgeDensity(), 1e-9); // the two columns beside the edge
    assertEquals(0, drift.after().edgeDensity(), 1e-9);
    assertEquals(1, drift.before().colorEntropy(), 1e-9); // two colours in halves
    assertEquals(0, drift.after().colorEntropy(), 1e-9);
    assertEquals(0, drift.diversityKept(), 1e-9);
    assertNull(drift.after().tokenPattern());
    // Black to red differs in one channel of three, white to red in two.
    assertEquals(Math.sqrt(0.5), drift.distance(), 1e-9);
  }

  @Test
  void thePatternIsThatOfTheTokens() {
    List<BufferedImage> images = List.of(halves(0x000000, 0xffffff));
    assertEquals(
        TokenPattern.of(images, 2).prominence(),
        Drift.of(images, images, OptionalInt.of(2)).after().tokenPattern(),
        0);
    assertNull(
        Drift.of(images, images, OptionalInt.of(4)).after().tokenPattern(), "of a single token");
  }

  private static BufferedImage halves(int left, int right) {
    BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 16; i++) {
      image.setRGB(i % 4, i / 4, i % 4 < 2 ? left : right);
    }
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
