package dev.dualprocess.audit;

/**
 * From where on a control counts as real. Gains are those of the teacher's mean probability.
 *
 * @param effect the least gain that is worth an audit
 * @param transfer the least part of the gain that other verifiers must see on average, that must be
 *     left in other words on average, and under every disturbance
 * @param drawing the largest part of the gain that may be left without the drawing or with a wrong
 *     one
 * @param diversity the least part of the variety over seeds that must be left
 * @param pattern how many times as prominent as without the LoRA a pattern of the generator's
 *     tokens may be ({@link TokenPattern#prominence()})
 */
public record Limits(
    double effect, double transfer, double drawing, double diversity, double pattern) {
  /**
   * Half of the gain elsewhere, most of it lost without the drawing, a quarter of the variety, and
   * half as much pattern again.
   */
  public static final Limits DEFAULT = new Limits(0.1, 0.5, 0.8, 0.25, 1.5);
}
