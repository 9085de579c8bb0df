package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is recorded when, with a recorder that runs again what it has recorded. */
class GraphedPassesTest {
  private final RepeatedPasses passes = new RepeatedPasses(Placement.CPU);
  private final Rerunning recorder = new Rerunning();
  private final GraphedPasses graphed = new GraphedPasses(true, () -> recorder);

  /** Counts what is asked of it. */
  private static final class Rerunning implements Recorder {
    private boolean room = true;
    private boolean refuses;
    private int open;
    private int recordings;
    private int replays;
    private int closed;

    @Override
    public boolean hasRoom() {
      return room;
    }

    @Override
    public void rehearse(Runnable body) {
      body.run();
    }

    @Override
    public Recording record(Runnable body) {
      if (refuses) {
        throw new IllegalStateException("operation not permitted when stream is capturing");
      }
      body.run();
      recordings++;
      open++;
      return new Recording() {
        @Override
        public void replay() {
          replays++;
          body.run();
        }

        @Override
        public void close() {
          open--;
        }
      };
    }

    @Override
    public void close() {
      closed++;
    }
  }

  @AfterEach
  void everythingIsFreedOnce() {
    graphed.close();
    passes.close();
    assertEquals(0, recorder.open);
    assertTrue(recorder.closed <= 1);
  }

  private void next(Object key) {
    next(key, UnaryOperator.identity());
  }

  private void next(Object key, UnaryOperator<Tensor> first) {
    passes.assertNextIsTheSame(graphed, key, first);
  }

  @Test
  void aPassIsRecordedWhenItComesAgain() {
    next("a");
    assertEquals(0, recorder.recordings);
    for (int i = 0; i < 5; i++) {
      next("a");
    }
    assertEquals(2, recorder.recordings, "the pass and its backward");
    assertEquals(10, recorder.replays);
  }

  @Test
  void eachKeyHasItsOwn() {
    for (int i = 0; i < 4; i++) {
      next("a", x -> Ops.mul(x, 2));
      next("b", x -> Ops.mul(x, 3));
    }
    assertEquals(4, recorder.recordings);
  }

  @Test
  void whatWasFreedMeanwhileIsRecordedAnew() {
    next("a");
    next("a");
    CachedTensors.freed();
    next("a");
    assertEquals(4, recorder.recordings);
    assertEquals(2, recorder.open);
  }

  @Test
  void whatIsFreedAgainAndAgainIsComputedAsEver() {
    for (int i = 0; i < 10; i++) {
      CachedTensors.freed();
      next("a");
    }
    assertEquals(6, recorder.recordings, "three attempts");
    assertEquals(0, recorder.open);
  }

  @Test
  void whatCannotBeRecordedIsComputedAsEver() {
    recorder.refuses = true;
    next("a");
    next("a");
    recorder.refuses = false;
    next("a");
    assertEquals(0, recorder.recordings);
  }

  /** Weights that are offloaded are copied anew in every pass; a recording would not copy them. */
  @Test
  void whatIsFetchedInEveryPassIsNotRecorded() {
    for (int i = 0; i < 3; i++) {
      next(
          "a",
          x -> {
            GraphedPasses.requireNotRecording("weights");
            return x;
          });
    }
    assertEquals(0, recorder.recordings);
  }

  @Test
  void withoutRoomPassesAreComputedAsEver() {
    recorder.room = false;
    next("a");
    next("a");
    assertEquals(0, recorder.recordings);
  }

  @Test
  void thereAreOnlySoManyAndTheOneLongestUnusedMakesRoom() {
    int most = GraphedPasses.MOST;
    for (int i = 0; i <= most; i++) {
      next(i);
      next(i);
    }
    assertEquals(2 * most, recorder.open);
    for (int i = 0; i < 300; i++) {
      next(most - 1);
    }
    next(most);
    assertEquals(2 * most, recorder.open);
    assertEquals(2 * most + 2, recorder.recordings);
  }

  @Test
  void operationsAreCountedAgain() {
    long[] counted = new long[2];
    Flops.Counter counter =
        new Flops.Counter() {
          @Override
          public void forward(long operations) {
            counted[0] += operations;
          }

          @Override
          public void backward(long operations) {
            counted[1] += operations;
          }
        };
    for (int i = 0; i < 2; i++) {
      Flops.counting(
          counter,
          () -> {
            next("a", x -> Ops.matmul(x, x.t()).matmul(x));
            return true;
          });
    }
    long once = 2 * 20 * 20 * 40;
    assertEquals(4 * once, counted[0], "two of the reference, two of these");
    assertEquals(0, counted[1]);
  }

  @Test
  void nothingIsRecordedWhereItIsSwitchedOff() {
    try (GraphedPasses plain = GraphedPasses.none()) {
      for (int i = 0; i < 3; i++) {
        passes.assertNextIsTheSame(plain, "a", UnaryOperator.identity());
      }
    }
  }
}
