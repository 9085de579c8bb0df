package dev.dualprocess.weights;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A model that is opened when it is used, and then stays or is closed after each use. For one
 * thread at a time.
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
  private @Nullable M resident;

  /** Opens nothing yet; {@code stays} says whether it is kept from its first use on. */
  public OnDemand(Opening<M> opening, boolean stays) {
    this.opening = opening;
    this.stays = stays;
  }

  /** Whether it is in memory now. */
  public boolean isOpen() {
    return resident != null;
  }

  /** Opens it where it stays. */
  public void openToStay() throws IOException {
    if (stays && resident == null) {
      resident = opening.open();
    }
  }

  /**
   * What {@code body} makes of it.
   *
   * @throws UncheckedIOException in one line, if it cannot be opened
   */
  public <R> R use(Function<M, R> body) {
    try {
      openToStay();
      if (resident != null) {
        return body.apply(resident);
      }
      try (M model = opening.open()) {
        return body.apply(model);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
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
