package dev.dualprocess.tensor;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * From opening to closing of something that holds native memory, and which threads are inside it
 * meanwhile. Use after closing is refused, and so is a second thread where there can be only one,
 * each in a sentence; what libtorch says, {@link Torch#plainly} makes one of. Closing waits for
 * nobody: whoever is inside finishes, and the last to leave frees.
 */
public final class Lifetime {
  private final String what;
  private final ReentrantLock turn = new ReentrantLock();
  private final Map<Thread, Integer> inside = new HashMap<>(); // how deep; guarded by this
  private int holds; // guarded by this
  private int waiting; // who want nobody else inside; guarded by this
  private @Nullable Thread owner; // guarded by this
  private @Nullable Runnable free; // what closing has to do yet; guarded by this
  private volatile boolean closed;

  /** Opened now; {@code what} begins the sentences: {@code generator 'FLUX.1-schnell'}. */
  public Lifetime(String what) {
    this.what = what;
  }

  /** Something that lasts until it is closed; closing twice is harmless. */
  @FunctionalInterface
  public interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Refuses use after closing.
   *
   * @throws IllegalStateException that says what is closed
   */
  public void requireOpen() {
    if (closed && !isInside()) {
      throw new IllegalStateException(what + " is closed");
    }
  }

  private synchronized boolean isInside() {
    return inside.containsKey(Thread.currentThread());
  }

  /**
   * Runs {@code body} inside, beside any number of other threads.
   *
   * @throws IllegalStateException if it is closed, or another thread has claimed it
   */
  public <T> T sharing(Supplier<T> body) {
    enter();
    try {
      return Torch.plainly(body);
    } finally {
      leave();
    }
  }

  /** {@link #sharing} for what returns nothing. */
  public void during(Runnable body) {
    sharing(
        () -> {
          body.run();
          return true;
        });
  }

  /** {@link #sharing} after every other thread that asked for its turn before. */
  public <T> T inTurn(Supplier<T> body) {
    turn.lock();
    try {
      return sharing(body);
    } finally {
      turn.unlock();
    }
  }

  /**
   * Keeps other threads out until the claim is closed.
   *
   * @throws IllegalStateException if it is closed, or another thread is inside
   */
  public synchronized Hold claim() {
    enter();
    Thread before = owner;
    try {
      inside.keySet().forEach(this::requireMine);
      owner = Thread.currentThread();
    } catch (IllegalStateException e) {
      leave();
      throw e;
    }
    return once(
        () -> {
          synchronized (this) {
            owner = before;
          }
          leave();
        });
  }

  /** Keeps what is held from being freed, not from being closed; any thread may let go. */
  public synchronized Hold hold() {
    requireOpen();
    holds++;
    return once(
        () -> {
          synchronized (this) {
            holds--;
          }
          freeIfLeft();
        });
  }

  private static Hold once(Runnable end) {
    AtomicBoolean ended = new AtomicBoolean();
    return () -> {
      if (!ended.getAndSet(true)) {
        end.run();
      }
    };
  }

  /** Runs {@code body} once no other thread is inside, closed or not; nobody enters meanwhile. */
  public synchronized void undisturbed(Runnable body) {
    Thread me = Thread.currentThread();
    waiting++;
    waitWhile(() -> inside.keySet().stream().anyMatch(other -> other != me));
    waiting--;
    notifyAll();
    body.run();
  }

  /** The monitor is let go of meanwhile. */
  private synchronized void waitWhile(BooleanSupplier condition) {
    boolean interrupted = false;
    while (condition.getAsBoolean()) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void enter() {
    Thread me = Thread.currentThread();
    if (!inside.containsKey(me)) {
      waitWhile(() -> waiting > 0);
      requireOpen();
    }
    if (owner != null) {
      requireMine(owner);
    }
    inside.merge(me, 1, Integer::sum);
  }

  private void requireMine(Thread other) {
    Thread me = Thread.currentThread();
    if (other != me) {
      throw new IllegalStateException(
          "%s is in use by thread '%s': thread '%s' has to wait for it, or open one of its own"
              .formatted(what, other.getName(), me.getName()));
    }
  }

  private void leave() {
    synchronized (this) {
      Thread me = Thread.currentThread();
      inside.computeIfPresent(me, (thread, depth) -> depth == 1 ? null : depth - 1);
      notifyAll();
    }
    freeIfLeft();
  }

  /** Closes; {@code freeing} is run once, when nobody is inside any more and nothing is held. */
  public void close(Runnable freeing) {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      free = freeing;
    }
    freeIfLeft();
  }

  private void freeIfLeft() {
    Runnable last;
    synchronized (this) {
      if (free == null || holds > 0 || !inside.isEmpty()) {
        return;
      }
      last = free;
      free = null;
    }
    last.run();
  }
}
