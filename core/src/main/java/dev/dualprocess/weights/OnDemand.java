package dev.dualprocess.weights;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A model that is opened when it is used, and then stays or is closed after each use. Several
 * threads may use it at once; it must not be closed meanwhile.
 *
 * @param <M> what it is
 */
public final class OnDemand<M extends Closeable> implements AutoCloseable {
  /** Opens it. */
  @FunctionalInterface
  public interface Opening<M> {
    /** The model, which the caller closes. */
    M open() throws IOException;
  }

  private final Opening<M> opening;
  private final boolean stays;
  private @Nullable M resident; // guarded by this

  /** Opens nothing yet; {@code stays} says whether it is kept from its first use on. */
  public OnDemand(Opening<M> opening, boolean stays) {
    this.opening = opening;
    this.stays = stays;
  }

  /** Whether it is in memory now. */
  public synchronized boolean isOpen() {
    return resident != null;
  }

  /** Opens it where it stays. */
  public void openToStay() throws IOException {
    if (stays) {
      staying();
    }
  }

  private synchronized M staying() throws IOException {
    if (resident == null) {
      resident = opening.open();
    }
    return resident;
  }

  /**
   * What {@code body} makes of it.
   *
   * @throws UncheckedIOException in one line, if it cannot be opened
   */
  public <R> R use(Function<M, R> body) {
    try {
      if (stays) {
        return body.apply(staying());
      }
      try (M model = opening.open()) {
        return body.apply(model);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    if (resident != null) {
      try {
        resident.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      resident = null;
    }
  }
}
