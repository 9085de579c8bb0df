package dev.dualprocess.nn;

import org.bytedeco.pytorch.Tensor;

/** A function of one tensor. The result belongs to the caller's scope. */
@FunctionalInterface
public interface Layer {
  /** The layer's value at {@code x}. */
  Tensor forward(Tensor x);
}
