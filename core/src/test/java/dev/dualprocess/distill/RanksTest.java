package dev.dualprocess.distill;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Floats;
import dev.dualprocess.Verifier;
import dev.dualprocess.parallel.ProcessRanks;
import dev.dualprocess.parallel.Ranks;
import dev.dualprocess.spi.PixelVerifier;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ranks of one run, each a thread with models of its own, which meet through Gloo. */
@Timeout(900)
class RanksTest extends ToyRuns {
  @TempDir Path folder;

  private interface Body<T> {
    T of(Ranks ranks) throws Exception;
  }

  private <T> List<T> each(int size, Body<T> body) throws Exception {
    Path meeting = folder.resolve("meeting-" + System.nanoTime());
    List<String> devices = Collections.nCopies(size, "cpu");
    ExecutorService threads = Executors.newFixedThreadPool(size);
    try {
      List<Callable<T>> calls =
          IntStream.range(0, size)
              .<Callable<T>>mapToObj(
                  rank ->
                      () -> {
                        try (Ranks ranks = ProcessRanks.join(meeting, rank, devices)) {
                          return body.of(ranks);
                        }
                      })
              .toList();
      List<T> results = new java.util.ArrayList<>();
      for (Future<T> result : threads.invokeAll(calls)) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void sumsAreTheSameEverywhere() throws Exception {
    List<float[]> sums =
        each(
            3,
            ranks -> {
              float[] values = new float[1001];
              for (int i = 0; i < values.length; i++) {
                values[i] = (float) Math.sin(i + 1000.0 * ranks.rank());
              }
              assertArrayEquals(
                  new double[] {3, 1 / 4.0 + 2 / 4.0}, ranks.sum(1, ranks.rank() / 4.0));
              assertTrue(ranks.any(ranks.rank() == 2));
              assertEquals(false, ranks.any(false));
              return Memory.freeing(
                  () -> {
                    Tensor tensor = Ops.floats(values, values.length);
                    ranks.sum(tensor);
                    return Ops.toFloats(tensor);
                  });
            });
    for (int i = 0; i < 1001; i++) {
      double wanted = Math.sin(i) + Math.sin(i + 1000.0) + Math.sin(i + 2000.0);
      assertEquals(wanted, sums.get(0)[i], 1e-6);
    }
    assertArrayEquals(sums.get(0), sums.get(1), 0);
    assertArrayEquals(sums.get(0), sums.get(2), 0);
  }

  /** What a run has learnt, and what it tells of its steps. */
  private record Learnt(List<Float> values, List<StepReport> reports, Distillation.Ending ending) {
    float[] weights() {
      return Floats.toArray(values);
    }
  }

  private static Learnt learnt(DistillSettings settings, Ranks ranks, int stopAfter) {
    try (ToyGenerator own = new ToyGenerator(SIZE)) {
      Distillation[] started = new Distillation[1];
      try (Distillation run =
          Distillation.of(own, new ToyVerifier(), PROMPT)
              .settings(settings)
              .ranks(ranks)
              .listener(
                  report -> {
                    if (report.step() == stopAfter && ranks.rank() == 0) {
                      started[0].requestStop();
                    }
                  })
              .start()) {
        started[0] = run;
        Distillation.Ending ending = run.run();
        List<StepReport> reports = AccumulationTest.timeless(run);
        return new Learnt(Floats.asList(take(run)), reports, ending);
      }
    }
  }

  @Test
  void ranksLearnWhatOneLearnsThatAccumulates() throws Exception {
    DistillSettings how =
        settings(6)
            .withAccumulate(4)
            .withRegularisation(Regularisation.NONE.withLoraPenalty(0.01).withVelocityPenalty(0.5));
    Learnt alone = learnt(how, Ranks.ALONE, -1);
    for (int size : new int[] {2, 4}) {
      List<Learnt> all = each(size, ranks -> learnt(how, ranks, -1));
      for (Learnt one : all) {
        assertArrayEquals(all.get(0).weights(), one.weights(), 0);
        assertEquals(all.get(0).reports(), one.reports());
        assertArrayEquals(alone.weights(), one.weights(), 1e-6f);
        for (int i = 0; i < 6; i++) {
          StepReport wanted = alone.reports().get(i);
          StepReport told = one.reports().get(i);
          assertEquals(wanted.loss(), told.loss(), 1e-6);
          assertEquals(wanted.penalty(), told.penalty(), 1e-6);
          assertEquals(wanted.gradientNorm(), told.gradientNorm(), 1e-6);
          assertEquals(wanted.seed(), told.seed());
          assertEquals(wanted.sigma(), told.sigma(), 1e-12);
          assertEquals(wanted.probability(), told.probability(), 1e-6);
        }
      }
    }
  }

  @Test
  void allStopWhereTheFirstIsStopped() throws Exception {
    for (Learnt one : each(2, ranks -> learnt(settings(9).withAccumulate(2), ranks, 4))) {
      assertEquals(Distillation.Ending.STOPPED, one.ending());
      assertEquals(4, one.reports().size());
    }
  }

  /** A rank whose verifier fails takes the others with it, at the same step. */
  @Test
  void whereOneFailsAllFail() throws Exception {
    List<String> told =
        each(
            2,
            ranks -> {
              int[] calls = new int[1];
              Verifier failing =
                  new PixelVerifier(
                      "failing",
                      (pixels, height, width, question, gradient) ->
                          ranks.rank() == 1 && ++calls[0] > 2 ? Double.NaN : 1);
              try (ToyGenerator own = new ToyGenerator(SIZE);
                  Distillation run =
                      Distillation.of(own, failing, PROMPT)
                          .settings(settings(9).withAccumulate(2))
                          .ranks(ranks)
                          .start()) {
                String message = assertThrows(DistillationException.class, run::run).getMessage();
                take(run);
                return message;
              }
            });
    assertTrue(told.get(0).contains("another device"), told.get(0));
    assertTrue(told.get(1).contains("failing"), told.get(1));
  }

  @Test
  void drawsThatCannotBeSharedAreRefused() throws Exception {
    each(
        2,
        ranks -> {
          assertRefused(
              IllegalArgumentException.class,
              () ->
                  Distillation.of(generator, verifier, PROMPT)
                      .settings(settings(1).withAccumulate(3))
                      .ranks(ranks)
                      .start(),
              "3 draws",
              "2 devices");
          return null;
        });
  }
}
