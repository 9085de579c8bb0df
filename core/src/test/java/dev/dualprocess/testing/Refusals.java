package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/** Refusals as people see them: one line that names what is wrong. */
public final class Refusals {
  private Refusals() {}

  /**
   * Asserts that {@code call} throws {@code type}, with a message of one line that contains all of
   * {@code told}.
   */
  public static void assertRefused(
      Class<? extends Exception> type, Executable call, Object... told) {
    String message = assertThrows(type, call).getMessage();
    assertEquals(1, message.lines().count(), message);
    for (Object part : told) {
      assertTrue(message.contains(part.toString()), () -> "'" + part + "' is not in: " + message);
    }
  }
}
