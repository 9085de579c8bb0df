package dev.dualprocess.sana;

import dev.dualprocess.nn.Adaptable;
import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.weights.Weights;
import java.util.ArrayList;
import java.util.List;

/** Reads linear layers and convolutions and remembers them: all may take a LoRA. */
final class AdaptableLayers {
  private final List<Adaptable> all = new ArrayList<>();

  /** Reads {@code weight} [out, in] and {@code bias} [out]. */
  Linear linear(Weights weights, long in, long out) {
    return remembered(Linear.load(weights, in, out));
  }

  /** Reads {@code weight} [out, in] and, if there is one, {@code bias} [out]. */
  Linear linear(Weights weights, long in, long out, boolean bias) {
    return bias ? linear(weights, in, out) : remembered(Linear.loadWithoutBias(weights, in, out));
  }

  /** Remembers a convolution as one that can take a LoRA, and gives it back. */
  Conv2d convolution(Conv2d convolution) {
    return remembered(convolution);
  }

  private <T extends Adaptable> T remembered(T layer) {
    all.add(layer);
    return layer;
  }

  /** Everything read so far, in the order of the forward pass. */
  List<Adaptable> all() {
    return List.copyOf(all);
  }
}
