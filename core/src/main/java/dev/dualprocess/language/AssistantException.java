package dev.dualprocess.language;

/** No usable answer can be had; the message says in one line why and what to do. */
public final class AssistantException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** No answer, for the reason in the message. */
  public AssistantException(String message) {
    super(message);
  }

  /** No answer, for the reason in the message and what was behind it. */
  public AssistantException(String message, Throwable cause) {
    super(message, cause);
  }
}
