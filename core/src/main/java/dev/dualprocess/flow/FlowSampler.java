package dev.dualprocess.flow;

import org.bytedeco.pytorch.Tensor;

/**
 * One sampling run: the noise levels that N inference steps visit, and how latents go from one to
 * the next. A sampler may hold what earlier steps have shown, so each run has its own; used by one
 * thread.
 */
public interface FlowSampler extends AutoCloseable {
  /** N, how many inference steps there are. */
  int steps();

  /** σᵢ, i from 0 to N. */
  float sigma(int i);

  /** What the model is told about the noise in step i, i from 0 to N - 1. */
  float timestep(int i);

  /** z at σ₀, where a run begins: the noise, as most models have it. */
  default Tensor begin(Tensor noise) {
    return noise;
  }

  /**
   * Step i, from σᵢ to σᵢ₊₁.
   *
   * @param velocity û, the model's answer for {@code sample} at {@link #timestep}
   * @param i from 0 to N - 1, in this order
   * @param sample z at σᵢ
   * @return z at σᵢ₊₁, computed in fp32, in the dtype of {@code sample}; in the caller's scope
   */
  Tensor step(Tensor velocity, int i, Tensor sample);

  /** Frees what was held for later steps. */
  @Override
  void close();
}
