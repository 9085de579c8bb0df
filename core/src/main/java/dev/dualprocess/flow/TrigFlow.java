package dev.dualprocess.flow;

/**
 * A consistency model's circle seen as the straight line of {@link Flow}. SANA-Sprint's pipeline
 * (arXiv 2503.09641) keeps latents z on a circle of radius σ_d, its data's standard deviation, at
 * an angle t from 0 (image) to π/2 (noise):
 *
 * <pre>
 *   z  = σ_d (cos t x₀ + sin t ε)                 the state
 *   s  = sin t / (cos t + sin t)                  what the transformer is told
 *   c  = √(s² + (1-s)²) = 1 / (cos t + sin t)     what the state is scaled by
 *   y  = c z/σ_d                                  what the transformer is given
 *   F  = σ_d ((1-2s) y + (1-2s+2s²) û) / c        what its answer û = G(y, s) is made into
 *   x̂₀ = (cos t z - sin t F) / σ_d                the clean estimate
 *   z' = σ_d (cos t' x̂₀ + sin t' ε')              the next state, with fresh noise ε'
 * </pre>
 *
 * <p>The three equations of arXiv 2506.01955 hold for y at the noise level s, as they are:
 *
 * <ul>
 *   <li>c cos t = 1-s and c sin t = s, so y = (1-s) x₀ + s ε: eq. 1.
 *   <li>z/σ_d = y/c, cos t = (1-s)/c, sin t = s/c and c² = 1-2s+2s², so x̂₀ = y ((1-s) - s
 *       (1-2s))/c² - s û c²/c² = y - s û: eq. 5.
 *   <li>c' z'/σ_d = (1-s') x̂₀ + s' ε': eq. 1 again, from the estimate. With the noise that the
 *       estimate implies, ε̂ = y + (1-s) û, in place of ε' it would be y + û (s' - s): eq. 2. Fresh
 *       noise is what a {@link ConsistencySampler} differs in from an {@link EulerSampler}.
 * </ul>
 *
 * <p>So a generator's latents are y, σ_d is nowhere needed, and nothing above {@link FlowSampler}
 * knows of angles. A run begins at z = σ_d ε, which is y = c ε: the noise itself at π/2, and at the
 * pipeline's t, 1.5708 in fp32, 1.0000037 times the noise, at s = 1.0000037.
 */
public final class TrigFlow {
  private TrigFlow() {}

  /** s, the noise level of {@link Flow} at the angle t: a little above 1 beyond π/2. */
  public static double sigma(double t) {
    return Math.sin(t) / (Math.cos(t) + Math.sin(t));
  }

  /** c at the angle t: y = c z/σ_d. */
  public static double scale(double t) {
    double s = sigma(t);
    return Math.sqrt(s * s + (1 - s) * (1 - s));
  }
}
