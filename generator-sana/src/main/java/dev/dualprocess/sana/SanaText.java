package dev.dualprocess.sana;

import dev.dualprocess.tensor.Memory;
import org.bytedeco.pytorch.Tensor;

/**
 * A text as Sana sees it; owns both tensors.
 *
 * @param promptEmbeds Gemma-2's last hidden states, [1, 300, D]
 * @param mask int64 [1, 300]: 1 where there is text
 */
record SanaText(Tensor promptEmbeds, Tensor mask) implements AutoCloseable {
  SanaText {
    promptEmbeds = Memory.keep(new Tensor(promptEmbeds));
    mask = Memory.keep(new Tensor(mask));
  }

  @Override
  public void close() {
    promptEmbeds.close();
    mask.close();
  }
}
