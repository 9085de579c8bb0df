package dev.dualprocess.nn;

import org.bytedeco.pytorch.Tensor;

/**
 * A part of a model that maps one tensor to one, with weights it does not own. The result belongs
 * to the caller's scope.
 */
@FunctionalInterface
public interface Layer {
  /** The layer's value at {@code x}. */
  Tensor forward(Tensor x);
}
