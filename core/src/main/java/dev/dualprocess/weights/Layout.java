package dev.dualprocess.weights;

import java.util.Map;

/** Where a model finds its tensors in a checkpoint, for those that come in several layouts. */
public interface Layout {
  /**
   * By the name that the model gives it, where each tensor lies. What is stored and not mapped is
   * passed over.
   *
   * @param stored all that is stored, by its name there
   */
  Map<String, StoredSlice> of(Map<String, TensorEntry> stored);
}
