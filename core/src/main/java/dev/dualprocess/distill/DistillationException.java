package dev.dualprocess.distill;

/**
 * A run that cannot go on; the message says in one line why and what to do. Earlier checkpoints
 * stay valid.
 */
public sealed class DistillationException extends RuntimeException permits DivergedException {
  private static final long serialVersionUID = 1L;

  /** An end of a run, for the reason in the message. */
  public DistillationException(String message) {
    super(message);
  }
}
