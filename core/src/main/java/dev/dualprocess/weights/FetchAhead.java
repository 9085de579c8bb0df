package dev.dualprocess.weights;

import dev.dualprocess.tensor.CopyStream;
import dev.dualprocess.tensor.CopyStream.Copy;
import dev.dualprocess.tensor.Placement;
import java.util.IdentityHashMap;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a model's weights from the host's pinned memory before they are asked for: while one
 * block computes, the next one's are on their way. Which come next, earlier passes tell. Up to
 * {@value #MOST_AHEAD} bytes are fetched ahead. Any number of threads may ask.
 */
public final class FetchAhead implements AutoCloseable {
  static final long MOST_AHEAD = 512L << 20;

  private final Placement placement;
  private final Foresight<Tensor> foresight = new Foresight<>();
  private final IdentityHashMap<Tensor, Copy> ahead = new IdentityHashMap<>();
  private @Nullable CopyStream stream; // made when it is needed first
  private long bytesAhead;

  FetchAhead(Placement placement) {
    this.placement = placement;
  }

  /** The weight on the device, in the caller's scope: in its dtype, or in 8 bits. */
  synchronized Tensor fetch(Tensor pinned) {
    foresight.asked(pinned);
    if (stream == null) {
      stream = new CopyStream(placement);
    }
    try (Copy copy = taken(pinned, stream)) {
      fetchNext(stream);
      return copy.arrived();
    }
  }

  private Copy taken(Tensor pinned, CopyStream from) {
    Copy begun = ahead.remove(pinned);
    if (begun == null) {
      return from.begin(pinned);
    }
    bytesAhead -= bytes(pinned);
    return begun;
  }

  private void fetchNext(CopyStream from) {
    for (int i = 0; ; i++) {
      Tensor next = foresight.after(i);
      if (next == null || bytesAhead + bytes(next) > MOST_AHEAD) {
        return;
      }
      if (!ahead.containsKey(next)) {
        ahead.put(next, from.begin(next));
        bytesAhead += bytes(next);
      }
    }
  }

  private static long bytes(Tensor pinned) {
    return pinned.numel() * pinned.element_size();
  }

  @Override
  public synchronized void close() {
    ahead.values().forEach(Copy::close);
    ahead.clear();
    if (stream != null) {
      stream.close();
      stream = null;
    }
  }
}
