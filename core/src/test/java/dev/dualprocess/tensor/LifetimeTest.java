package dev.dualprocess.tensor;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may be inside something that can be closed, and when it is freed. */
@Timeout(60)
class LifetimeTest {
  private final Lifetime lifetime = new Lifetime("generator 'toy'");
  private final AtomicInteger freed = new AtomicInteger();
  private final List<Thread> started = new ArrayList<>();

  private void close() {
    lifetime.close(freed::incrementAndGet);
  }

  private Thread start(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    started.add(thread);
    thread.start();
    return thread;
  }

  /** A thread that is inside until it is told to leave. */
  private CountDownLatch inside(String name, boolean claims) throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Runnable stay =
        () -> {
          entered.countDown();
          awaitUninterrupted(leave);
        };
    start(
        name,
        () -> {
          if (claims) {
            try (Lifetime.Hold mine = lifetime.claim()) {
              stay.run();
            }
          } else {
            lifetime.during(stay);
          }
        });
    entered.await();
    return leave;
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void join() throws InterruptedException {
    for (Thread thread : started) {
      thread.join();
    }
  }

  @Test
  void useAfterClosingIsRefusedAndClosingTwiceIsHarmless() {
    lifetime.requireOpen();
    assertEquals(3, lifetime.sharing(() -> 3));
    close();
    close();
    assertEquals(1, freed.get());
    String told = "generator 'toy' is closed";
    assertRefused(IllegalStateException.class, lifetime::requireOpen, told);
    assertRefused(IllegalStateException.class, () -> lifetime.sharing(() -> 3), told);
    assertRefused(IllegalStateException.class, () -> lifetime.inTurn(() -> 3), told);
    assertRefused(IllegalStateException.class, lifetime::claim, told);
    assertRefused(IllegalStateException.class, lifetime::hold, told);
  }

  @Test
  void theLastToLeaveFrees() throws InterruptedException {
    CountDownLatch first = inside("first", false);
    CountDownLatch second = inside("second", false);
    close();
    assertThrows(IllegalStateException.class, () -> lifetime.sharing(() -> 3));
    first.countDown();
    started.get(0).join();
    assertEquals(0, freed.get());
    second.countDown();
    join();
    assertEquals(1, freed.get());
  }

  @Test
  void whoClosesItFromInsideFinishesFirst() {
    lifetime.during(
        () -> {
          close();
          lifetime.requireOpen();
          assertEquals(3, lifetime.sharing(() -> 3));
          assertEquals(0, freed.get());
        });
    assertEquals(1, freed.get());
  }

  @Test
  void aHoldKeepsFromFreeingAndEndsOnce() {
    Lifetime.Hold one = lifetime.hold();
    Lifetime.Hold two = lifetime.hold();
    close();
    one.close();
    one.close();
    assertEquals(0, freed.get());
    two.close();
    assertEquals(1, freed.get());
  }

  @Test
  void aClaimKeepsOthersOutWithBothNames() throws InterruptedException {
    CountDownLatch leave = inside("teacher", true);
    String me = "thread '" + Thread.currentThread().getName() + "' has to wait";
    for (Runnable use : List.<Runnable>of(() -> lifetime.sharing(() -> 3), lifetime::claim)) {
      assertRefused(
          IllegalStateException.class,
          use::run,
          "generator 'toy' is in use by thread 'teacher'",
          me,
          "open one of its own");
    }
    leave.countDown();
    join();
    assertEquals(3, lifetime.sharing(() -> 3));
  }

  @Test
  void nothingIsClaimedWhereOthersAre() throws InterruptedException {
    CountDownLatch leave = inside("painter", false);
    assertRefused(
        IllegalStateException.class, lifetime::claim, "in use by thread 'painter'", "has to wait");
    assertEquals(3, lifetime.sharing(() -> 3));
    leave.countDown();
    join();
    try (Lifetime.Hold outer = lifetime.claim();
        Lifetime.Hold inner = lifetime.claim()) {
      assertEquals(3, lifetime.sharing(() -> 3));
    }
    CountDownLatch next = inside("painter", false);
    next.countDown();
    join();
  }

  @Test
  void undisturbedWaitsForOthersAndKeepsTheInterrupt() throws InterruptedException {
    CountDownLatch leave = inside("painter", false);
    AtomicBoolean done = new AtomicBoolean();
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread waiting =
        start(
            "waiting",
            () -> {
              lifetime.undisturbed(() -> done.set(true));
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    while (waiting.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    waiting.interrupt();
    Thread late = start("late", () -> lifetime.sharing(done::get));
    late.join(20);
    assertFalse(done.get());
    leave.countDown();
    join();
    assertTrue(done.get());
    assertTrue(interrupted.get());
  }

  @Test
  void turnsAreTakenOneByOne() throws InterruptedException {
    AtomicInteger most = new AtomicInteger();
    AtomicInteger now = new AtomicInteger();
    for (int i = 0; i < 4; i++) {
      start(
          "turn " + i,
          () -> {
            for (int k = 0; k < 100; k++) {
              lifetime.inTurn(
                  () -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    return now.decrementAndGet();
                  });
            }
          });
    }
    join();
    assertEquals(1, most.get());
  }

  @Test
  void whatLibtorchSaysIsOneLineWithItsTraceAsTheCause() {
    try (PointerScope scope = new PointerScope()) {
      TorchException error =
          assertThrows(
              TorchException.class,
              () -> lifetime.sharing(() -> Noise.randn(1, 2, 3).matmul(Noise.randn(2, 2, 3))));
      assertEquals(1, String.valueOf(error.getMessage()).lines().count());
      assertTrue(String.valueOf(error.getCause()).lines().count() > 1);
      IllegalStateException own = new IllegalStateException("two\nlines");
      assertSame(
          own,
          assertThrows(
              IllegalStateException.class,
              () ->
                  lifetime.sharing(
                      () -> {
                        throw own;
                      })));
    }
  }
}
