package dev.dualprocess.parallel;

/** Another rank is gone, or does not answer, so that nothing can be summed with it any more. */
public final class RankLostException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  RankLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
