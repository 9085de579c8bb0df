package dev.dualprocess.hub;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way into a {@link Sink}, and when it was last heard of. Once closed, nothing
 * reaches the sink any more.
 */
final class WatchedBody implements BodySubscriber<Void>, AutoCloseable {
  private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
  private volatile long heard = System.nanoTime();
  private @Nullable Sink sink;
  private @Nullable Subscription subscription;
  private boolean closed;

  /** What arrives goes there from now on; before that it is an error. */
  synchronized void into(Sink sink) {
    this.sink = sink;
    heard = System.nanoTime();
  }

  /** How long nothing has been heard. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - heard);
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"})
  public CompletionStage<Void> getBody() {
    return (CompletionStage<Void>) (CompletionStage<?>) end;
  }

  @Override
  public synchronized void onSubscribe(Subscription subscription) {
    this.subscription = subscription;
    if (closed) {
      subscription.cancel();
    } else {
      subscription.request(1);
    }
  }

  @Override
  public synchronized void onNext(List<ByteBuffer> bytes) {
    if (closed || sink == null || subscription == null) {
      return;
    }
    try {
      sink.accept(bytes);
      heard = System.nanoTime();
      subscription.request(1);
    } catch (IOException | RuntimeException e) {
      close();
      end.completeExceptionally(e);
    }
  }

  @Override
  public void onError(Throwable failure) {
    end.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    end.complete(null);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }
}
