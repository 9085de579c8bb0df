package dev.dualprocess.flux;

import dev.dualprocess.nn.Linear;
import dev.dualprocess.weights.Weights;
import java.util.ArrayList;
import java.util.List;

/** Reads linear layers and remembers them in the order of the forward pass: all may take a LoRA. */
final class Linears {
  private final List<Linear> all = new ArrayList<>();

  /** Reads {@code weight} [out, in] and {@code bias} [out]. */
  Linear load(Weights weights, long in, long out) {
    Linear linear = Linear.load(weights, in, out);
    all.add(linear);
    return linear;
  }

  /** Everything read so far. */
  List<Linear> all() {
    return List.copyOf(all);
  }
}
