package dev.dualprocess.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.spi.PixelLoss;
import dev.dualprocess.spi.PixelVerifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a probe measures, against verifiers whose gradient is known. */
class ProbeTest {
  private static final List<Long> SEEDS = List.of(3L, 4L, 5L);
  private static final Prompt ONE = Prompt.of("noise").check("Is it 2?", "Yes");
  private static final Prompt TWO = ONE.check("Is it 5?", "Yes");

  private final NoiseGenerator generator = new NoiseGenerator();

  private ProbeReport look(PixelLoss loss, Prompt prompt, RunListener watcher) {
    DistillSettings settings = DistillSettings.paper(generator.defaultSampling());
    try (Verifier verifier = new PixelVerifier("linear", loss);
        Probe probe =
            new Probe(generator, verifier, prompt, generator.condition("noise"), settings)) {
      return probe.look(SEEDS, watcher);
    }
  }

  private ProbeReport look(PixelLoss loss, Prompt prompt) {
    return look(loss, prompt, RunListener.NONE);
  }

  /** L = 4 + c · mean(x), c being the number in the question. */
  private static final PixelLoss LINEAR =
      (pixels, height, width, question, gradient) -> {
        double c = question.text().contains("5") ? 5 : 2;
        double loss = 4;
        for (float pixel : pixels) {
          loss += c * pixel / pixels.length;
        }
        Arrays.fill(gradient, (float) (c / pixels.length));
        return loss;
      };

  @Test
  void everySeedIsToldBeforeTheNextIsDrawn() {
    List<Long> told = new ArrayList<>();
    List<Integer> pieces = new ArrayList<>();
    RunListener counting =
        new RunListener() {
          @Override
          public Progress progress(String task, int total, int done) {
            return new Progress() {
              @Override
              public void piece() {
                pieces.add(told.size());
              }
            };
          }
        };
    try (Verifier verifier = new PixelVerifier("linear", LINEAR);
        Probe probe =
            new Probe(
                generator,
                verifier,
                ONE,
                generator.condition("noise"),
                DistillSettings.paper(generator.defaultSampling()))) {
      List<Double> probabilities = new ArrayList<>();
      ProbeReport report =
          probe.look(
              SEEDS,
              counting,
              rated -> {
                told.add(rated.seed());
                probabilities.add(rated.probability());
              });
      assertEquals(SEEDS, told);
      assertEquals(List.of(1, 2, 3), pieces);
      assertEquals(report.drawn().stream().map(Rated::probability).toList(), probabilities);
    }
  }

  @Test
  void everyCheckOfEverySeedHasItsOwnSlope() {
    ProbeReport report = look(LINEAR, TWO);
    assertEquals(6, report.sightings().size());
    for (int i = 0; i < 6; i++) {
      Sighting seen = report.sightings().get(i);
      assertEquals(SEEDS.get(i / 2), seen.seed());
      assertEquals(i % 2, seen.check());
      assertEquals(Math.exp(-seen.loss()), seen.probability(), 1e-12);
      double c = i % 2 == 0 ? 2 : 5;
      assertEquals(c * 2 / 255, seen.slope(), 1e-6, "the loss falls by c for each unit");
      assertTrue(seen.tremor() > 0 && seen.tremor() < 0.1, seen.toString());
    }
    assertEquals(3, report.of(1).size());
    Rated first = report.drawn().get(0);
    assertEquals(report.sightings().get(1).said(), first.assessments().get(1));
    assertEquals(Verdict.TEACHABLE, report.findings().verdict(), report.findings().sentence());
  }

  @Test
  void whatIsAlwaysSaidHasNoGradient() {
    ProbeReport report = look((pixels, height, width, question, gradient) -> 6.0, ONE);
    assertEquals(Verdict.NO_GRADIENT, report.findings().verdict());
    assertTrue(
        report.findings().reason().contains("the answer does not depend on it"),
        report.findings().reason());
    assertEquals(0, report.sightings().get(0).tremor());
  }

  @Test
  void numbersThatAreNotFiniteAreTheFinding() {
    ProbeReport report = look((pixels, height, width, question, gradient) -> Double.NaN, ONE);
    assertEquals(Verdict.NOT_FINITE, report.findings().verdict());
    assertTrue(report.findings().reason().contains("verifier 'linear'"));
    assertEquals(List.of(), report.drawn());
    assertEquals(List.of(), report.findings().checks());
  }

  @Test
  void theSeedsBeforeAreKept() {
    int[] asked = {0};
    ProbeReport report =
        look((pixels, height, width, question, gradient) -> asked[0]++ < 4 ? 1 : Double.NaN, ONE);
    assertEquals(Verdict.NOT_FINITE, report.findings().verdict());
    assertEquals(1, report.drawn().size());
    assertEquals(1, report.findings().checks().size());
    assertEquals(List.of(3L), report.sightings().stream().map(Sighting::seed).toList());
  }

  @Test
  void whoeverWatchesIsToldOfEverySeed() {
    List<String> told = new ArrayList<>();
    RunListener watcher =
        new RunListener() {
          @Override
          public Progress progress(String task, int total, int done) {
            told.add(task + " " + total);
            return new Progress() {
              @Override
              public void piece() {
                told.add("piece");
              }
            };
          }
        };
    look(LINEAR, ONE, watcher);
    assertEquals(List.of("Looking 3", "piece", "piece", "piece"), told);
  }

  @Test
  void withoutSeedsOrChecksThereIsNothingToLookAt() {
    DistillSettings settings = DistillSettings.paper(generator.defaultSampling());
    try (Verifier verifier = new PixelVerifier("linear", LINEAR);
        Probe probe = new Probe(generator, verifier, ONE, generator.condition("x"), settings)) {
      assertThrows(IllegalArgumentException.class, () -> probe.look(List.of(), RunListener.NONE));
      Prompt none = Prompt.of("noise");
      assertThrows(
          IllegalArgumentException.class,
          () -> new Probe(generator, verifier, none, generator.condition("x"), settings));
    }
  }
}
