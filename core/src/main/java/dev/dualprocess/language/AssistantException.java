package dev.dualprocess.language;

/** No usable answer can be had; the message says in one line why and what to do. */
public final class AssistantException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With its message. */
  public AssistantException(String message) {
    super(message);
  }

  /** With its message and what was behind it. */
  public AssistantException(String message, Throwable cause) {
    super(message, cause);
  }
}
