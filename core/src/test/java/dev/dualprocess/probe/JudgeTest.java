package dev.dualprocess.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Assessment;
import dev.dualprocess.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of the verdict, on numbers made by hand. */
class JudgeTest {
  private static final Question YES = new Question("Is it good?", "Yes");
  private static final Judge JUDGE = new Judge(Limits.DEFAULT);

  private static Sighting seen(double loss, String predicted, double slope, double tremor) {
    return new Sighting(0, 0, Assessment.ofLoss(loss, predicted), slope, tremor);
  }

  /** Four seeds around a loss, half of them above and half below. */
  private static List<Sighting> four(
      double loss, double spread, String predicted, double slope, double tremor) {
    List<Sighting> four = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      four.add(seen(loss + (i % 2 == 0 ? spread : -spread), predicted, slope, tremor));
    }
    return four;
  }

  @ParameterizedTest
  @CsvSource({
    // loss, spread, says, slope, tremor
    "4,    1,    No,     0.1,   0.2,  TEACHABLE",
    "12.9, 1.8,  No,     0.5,   0.3,  TEACHABLE",
    "0.4,  0.1,  Yes,    0.1,   0.02, TEACHABLE",
    "0.10, 0.02, Yes,    0.1,   0.01, ALREADY_SO",
    "0.12, 0.02, Yes,    0.1,   0.01, TEACHABLE",
    "0,    0,    Yes,    0,     0,    ALREADY_SO",
    "4,    1,    No,     0,     0,    NO_GRADIENT",
    "4,    1,    No,     0.015, 0.1,  NO_GRADIENT",
    "4,    1,    No,     0.016, 0.1,  TEACHABLE",
    "4,    1,    A cat,  0.1,   0.1,  OTHER_WORDS",
    "4,    1,    Yes / A cat, 0.1, 0.1, OTHER_WORDS",
    "4,    1,    yes / No, 0.1, 0.1,  TEACHABLE",
    "4,    1,    '',     0.1,   0.1,  TEACHABLE",
    "4,    0.5,  No,     0.1,   0.51, UNSTEADY",
    "4,    0.5,  No,     0.1,   0.49, TEACHABLE",
  })
  void figuresDecide(
      double loss, double spread, String says, double slope, double tremor, Verdict verdict) {
    Finding finding = JUDGE.judge(YES, four(loss, spread, says, slope, tremor), Optional.empty());
    assertEquals(verdict, finding.verdict(), finding.reason());
    assertTrue(finding.sentence().startsWith(verdict.sentence()), finding.sentence());
  }

  @Test
  void figuresAreThoseOfTheSeeds() {
    List<Sighting> seen =
        List.of(seen(1, "No", 0.5, 3), seen(2, "Yes", 0.1, 4), seen(6, "No", 0.2, 0));
    Finding finding = JUDGE.judge(YES, seen, Optional.empty());
    assertEquals((Math.exp(-1) + Math.exp(-2) + Math.exp(-6)) / 3, finding.probability(), 1e-12);
    assertEquals(3, finding.loss(), 1e-12);
    assertEquals(Math.sqrt((4 + 1 + 9) / 3.0), finding.spread(), 1e-12);
    assertEquals(Math.sqrt(25 / 3.0), finding.tremor(), 1e-12);
    assertEquals(0.2, finding.slope(), 1e-12);
    assertEquals(20, finding.reach(), 1e-12); // of 2, 20 and 30
    assertEquals("No", finding.words());
  }

  @Test
  void theReasonTellsTheVerifiersOwnWords() {
    Finding finding = JUDGE.judge(YES, four(9, 1, "The", 1, 0.1), Optional.of("The sea at dawn."));
    assertEquals(Verdict.OTHER_WORDS, finding.verdict());
    assertTrue(finding.reason().startsWith("It says 'The sea at dawn.' where 'Yes' is wanted"));
  }

  @ParameterizedTest
  @CsvSource({"24, TEACHABLE", "26, OTHER_WORDS"})
  void anAnswerInManyTokensIsJudgedByItsLoss(double loss, Verdict verdict) {
    Question banana = new Question("What is this?", "a banana");
    assertEquals(
        verdict, JUDGE.judge(banana, four(loss, 2, "NoNo", 1, 0.1), Optional.empty()).verdict());
  }

  @Test
  void aSingleSeedHasNoSpreadToJudge() {
    Finding finding = JUDGE.judge(YES, List.of(seen(4, "No", 0.1, 3)), Optional.empty());
    assertEquals(Verdict.TEACHABLE, finding.verdict());
    assertEquals(0, finding.spread());
  }

  private static Finding of(double loss, double slope) {
    return JUDGE.judge(YES, four(loss, loss / 2, "No", slope, 0), Optional.empty());
  }

  @Test
  void theWorstCheckDecides() {
    Finding teachable = of(4, 1);
    Finding already = of(0.01, 1);
    Finding not = of(4, 0);
    assertEquals(Verdict.TEACHABLE, Findings.of(List.of(already, teachable)).verdict());
    assertEquals(Verdict.ALREADY_SO, Findings.of(List.of(already, already)).verdict());
    Findings findings = Findings.of(List.of(teachable, already, not, not));
    assertEquals(Verdict.NO_GRADIENT, findings.verdict());
    assertTrue(findings.reason().startsWith("Check 3: The loss of "), findings.reason());
    assertEquals(4, findings.checks().size());
  }
}
