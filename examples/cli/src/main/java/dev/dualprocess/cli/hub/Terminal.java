package dev.dualprocess.cli.hub;

import java.io.Console;
import java.util.Locale;

/** Somebody who can be asked. */
public interface Terminal {
  /** Nobody. */
  Terminal NONE = new Terminal() {};

  /** Whoever sits before this process. */
  @SuppressWarnings("SystemConsoleNull") // there is one always from Java 22 on, which is then asked
  static Terminal ofProcess() {
    Console console = System.console();
    return console == null || !isTerminal(console) ? NONE : new Person(console);
  }

  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true; // before Java 22
    }
  }

  /** Whether there is anybody. */
  default boolean isThere() {
    return false;
  }

  /** Whether he says yes, and nothing else. */
  default boolean agrees(String question) {
    return false;
  }

  /**
   * A person at a terminal.
   *
   * @param console of the process
   */
  record Person(Console console) implements Terminal {
    @Override
    public boolean isThere() {
      return true;
    }

    @Override
    public boolean agrees(String question) {
      String answer = console.readLine("%s ", question);
      return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
    }
  }
}
