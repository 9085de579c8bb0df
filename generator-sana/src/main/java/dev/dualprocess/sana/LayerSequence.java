package dev.dualprocess.sana;

import com.google.common.collect.ImmutableList;
import dev.dualprocess.nn.Layer;
import dev.dualprocess.recompute.Blocks;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * One layer after another, each in a scope of its own. What a layer hands to the next is let go as
 * soon as that has read it, so that without gradients no more than two feature maps live. Where the
 * resolution changes is a border of the pass.
 */
record LayerSequence(List<Layer> layers, Blocks blocks) implements Layer {
  LayerSequence {
    layers = ImmutableList.copyOf(layers);
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor h = new Tensor(x); // a handle of our own, to be closed like the others
    for (Layer layer : layers) {
      Tensor before = h;
      h = blocks.run(layer::forward, before);
      if (h.size(-1) != before.size(-1)) {
        blocks.border();
      }
      before.close();
    }
    return h;
  }
}
