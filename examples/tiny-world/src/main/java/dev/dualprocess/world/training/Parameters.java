package dev.dualprocess.world.training;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Tensors in training as views of one flat fp32 vector, their gradients as views of another, so
 * that an optimizer and a checkpoint see one tensor each. The tensors themselves stay their owner's
 * and work as before. Not thread-safe.
 */
public final class Parameters implements AutoCloseable {
  private final Map<String, Tensor> named;
  private final Tensor flat;
  private final Tensor gradient;

  /** Takes the values of fp32 tensors and makes these require a gradient. */
  public Parameters(Map<String, Tensor> tensors) {
    named = new LinkedHashMap<>(tensors);
    long count = named.values().stream().mapToLong(Tensor::numel).sum();
    flat = Memory.kept(() -> Ops.floats(new float[Math.toIntExact(count)], count));
    gradient = Memory.kept(() -> torch.zeros_like(flat));
    Memory.withoutGrad(this::takeOver);
  }

  private void takeOver() {
    long at = 0;
    for (Tensor tensor : named.values()) {
      long size = tensor.numel();
      Tensor view = flat.narrow(0, at, size).view(tensor.shape());
      view.copy_(tensor);
      tensor.set_data(view);
      tensor.set_requires_grad(true);
      tensor.mutable_grad().put(gradient.narrow(0, at, size).view(tensor.shape()));
      at += size;
    }
  }

  /** The tensors by name. */
  public Map<String, Tensor> named() {
    return named;
  }

  /** All values, fp32 [n]. */
  public Tensor flat() {
    return flat;
  }

  /** All gradients, fp32 [n]. */
  public Tensor gradient() {
    return gradient;
  }

  @Override
  public void close() {
    flat.close();
    gradient.close();
  }
}
