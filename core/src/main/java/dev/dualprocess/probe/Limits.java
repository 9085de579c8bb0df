package dev.dualprocess.probe;

/**
 * From where on a look speaks against teaching. docs/probe.md has the trials that the numbers come
 * from.
 *
 * @param already the least mean probability that leaves nothing to learn
 * @param reach the most grey levels (of 255) that a picture may have to change by, in the best
 *     direction, until the answer is certain: loss / {@link Sighting#slope}
 * @param loss the largest mean loss of an answer that the verifier might give, in nats
 * @param steadiness the least spread of the loss over the seeds, in parts of its {@linkplain
 *     Sighting#tremor tremor}
 */
public record Limits(double already, double reach, double loss, double steadiness) {
  /** What the trials with the bundled models suggest. */
  public static final Limits DEFAULT = new Limits(0.9, 255, 25, 1);
}
