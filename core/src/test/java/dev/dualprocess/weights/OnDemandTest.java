package dev.dualprocess.weights;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class OnDemandTest {
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

  private OnDemand<Closeable> model(boolean stays) {
    return new OnDemand<>(
        () -> {
          opened.incrementAndGet();
          return closed::incrementAndGet;
        },
        stays);
  }

  private void assertCounts(int wantedOpened, int wantedClosed) {
    assertEquals(wantedOpened, opened.get(), "opened");
    assertEquals(wantedClosed, closed.get(), "closed");
  }

  @Test
  void whatStaysIsOpenedOnce() {
    try (OnDemand<Closeable> model = model(true)) {
      assertFalse(model.isOpen());
      assertEquals("a", model.use(m -> "a"));
      assertEquals("b", model.use(m -> "b"));
      assertTrue(model.isOpen());
      assertCounts(1, 0);
    }
    assertCounts(1, 1);
  }

  @Test
  void whatDoesNotStayIsClosedAfterEachUse() throws IOException {
    try (OnDemand<Closeable> model = model(false)) {
      model.openToStay();
      assertCounts(0, 0);
      model.use(m -> "a");
      model.use(m -> "b");
      assertFalse(model.isOpen());
      assertCounts(2, 2);
    }
    assertCounts(2, 2);
  }

  @Test
  void severalThreadsOpenOneThatStays() throws Exception {
    CountDownLatch together = new CountDownLatch(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (OnDemand<Closeable> model =
        new OnDemand<>(
            () -> {
              LockSupport.parkNanos(20_000_000); // so that the second comes meanwhile
              opened.incrementAndGet();
              return closed::incrementAndGet;
            },
            true)) {
      Future<Integer> first = threads.submit(() -> use(model, together));
      Future<Integer> second = threads.submit(() -> use(model, together));
      assertEquals(1, first.get());
      assertEquals(1, second.get());
    } finally {
      threads.shutdownNow();
    }
    assertCounts(1, 1);
  }

  private int use(OnDemand<Closeable> model, CountDownLatch together) throws InterruptedException {
    together.countDown();
    together.await();
    return model.use(m -> opened.get());
  }

  @Test
  void whatCannotBeOpenedIsToldAndTriedAgain() {
    OnDemand<Closeable> model =
        new OnDemand<>(
            () -> {
              if (opened.incrementAndGet() == 1) {
                throw new IOException("model.safetensors: broken");
              }
              return closed::incrementAndGet;
            },
            true);
    assertRefused(UncheckedIOException.class, () -> model.use(m -> "a"), "broken");
    assertEquals("a", model.use(m -> "a"));
    model.close();
    assertCounts(2, 1);
  }
}
